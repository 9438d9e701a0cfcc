import type { TargetTexts, TroubleKind } from "../texts/Targets.ts"

/** Trouble of the machine that the harness runs on, or with what it was told: nothing that a server could be blamed for. */
export interface Trouble {
  readonly kind: TroubleKind
  /** The error, as the system calls it. */
  readonly code: string
  /** True if it will be the same for every other connection. */
  readonly isLasting: boolean
}

/** The trouble that an error of a connection means; `undefined` where it is the server's own. */
export const troubleOf = ({ code = "" }: NodeJS.ErrnoException): Trouble | undefined => {
  const kind = kinds[code] ?? patterns.find(([pattern]) => pattern.test(code))?.[1]
  return kind && { kind, code, isLasting: !passing.has(kind) }
}

const kinds: { readonly [code: string]: TroubleKind } = {
  EMFILE: "open files",
  ENFILE: "open files",
  EADDRNOTAVAIL: "no port left",
  ENOBUFS: "no memory",
  ENOMEM: "no memory",
  ENETUNREACH: "no way",
  ENETDOWN: "no way",
  EHOSTUNREACH: "no way",
  EACCES: "forbidden",
  EPERM: "forbidden",
  ENOTFOUND: "no such name",
  EAI_AGAIN: "no such name",
  ERR_TLS_CERT_ALTNAME_INVALID: "other name",
  CERT_HAS_EXPIRED: "not valid now",
  CERT_NOT_YET_VALID: "not valid now"
}

const patterns: ReadonlyArray<readonly [code: RegExp, kind: TroubleKind]> = [
  [/^ERR_SSL/, "no TLS"],
  [/CERT|ISSUER|LEAF_SIGNATURE/, "not trusted"]
]

/** Those that another connection may not meet. */
const passing: ReadonlySet<TroubleKind> = new Set<TroubleKind>(["open files", "no port left", "no memory"])

/** Says why there is no connection to a host, and what to do about it. */
export const whyNoConnection = (
  { reason, trouble }: { readonly reason: string; readonly trouble?: Trouble | undefined },
  host: string,
  { reasons, troubles }: TargetTexts
): string => {
  if (trouble === undefined) return (reasons as { readonly [reason: string]: string })[reason] ?? reason
  const text = troubles[trouble.kind](host)
  return trouble.kind === "no TLS" ? text : `${text} (${trouble.code})`
}
