import type { Address } from "../../src/net/Address.ts"
import { tlsAdvice } from "../../src/net/SpeaksTls.ts"

/** Trouble of the machine that the harness runs on, or with what it was told: nothing that a server could be blamed for. */
export interface Trouble {
  /** What is wrong, and what to do about it. */
  readonly reason: string
  /** True if it will be the same for every other connection. */
  readonly isLasting: boolean
}

/** The trouble that an error of a connection means; `undefined` where it is the server's own. */
export const troubleOf = (
  { code = "" }: NodeJS.ErrnoException,
  { host }: Pick<Address, "host">
): Trouble | undefined => {
  const lasting = (reason: string) => ({ reason: `${reason} (${code})`, isLasting: true })
  const passing = (reason: string) => ({ reason: `${reason} (${code})`, isLasting: false })
  switch (code) {
    case "EMFILE":
    case "ENFILE":
      return passing("the harness may open no more connections: raise its limit, as in ulimit -n 4096")
    case "EADDRNOTAVAIL":
      return passing("this machine has no port left for one more connection: wait a minute")
    case "ENOBUFS":
    case "ENOMEM":
      return passing("this machine has no memory left for one more connection")
    case "ENETUNREACH":
    case "ENETDOWN":
    case "EHOSTUNREACH":
      return lasting(`there is no way from here to ${host}: is the network up?`)
    case "EACCES":
    case "EPERM":
      return lasting(`this machine forbids connections to ${host}: is there a firewall?`)
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return lasting(`the name ${host} cannot be looked up: is it right, and the network up?`)
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return lasting(`the server's certificate is for another name than ${host}`)
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return lasting("the server's certificate is not valid now: is the clock right?")
    default:
      if (code.startsWith("ERR_SSL")) return { reason: tlsAdvice.unwanted, isLasting: true }
      return /CERT|ISSUER|LEAF_SIGNATURE/.test(code)
        ? lasting("the server's certificate is not trusted: pass it with --ca FILE")
        : undefined
  }
}
