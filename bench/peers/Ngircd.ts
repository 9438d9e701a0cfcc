import type { Peer } from "../Peer.ts"

/** ngIRCd: one channel that everyone has joined. */
export const ngircd: Peer = {
  name: "ngircd",
  title: "ngIRCd",
  role: "peer",
  dialect: "irc",
  program: { installed: "ngircd", version: ["--version"] },
  arguments: ({ folder }) => ["-n", "-f", `${folder}/ngircd.conf`],
  files: ({ port }) => ({
    "ngircd.conf": `[Global]
Name = irc.bench.local
Info = bench
Listen = 127.0.0.1
Ports = ${port}
MotdPhrase = welcome
ServerUID = nobody
ServerGID = nogroup
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 3600
PongTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
`
  }),
  clientsMax: 200, // each join is announced to all: the time to fill a room grows with its square
  loginsAtOnce: 1
}
