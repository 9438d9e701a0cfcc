/** What a server may offer beyond the plain protocol, as a login asks for it. */
export const features = ["presence", "rooms", "direct", "history"] as const
export type Feature = (typeof features)[number]
