import type { PatternTexts } from "../../language/PatternTexts.ts"
import type { PlayTexts } from "../Play.ts"
import { of, plural, span } from "./words.ts"
import { programs } from "./programs.ts"

const octets = (count: number): string => plural(count, "octet")

/** Patterns in French. */
export const patterns: PatternTexts = {
  anything: "n'importe quoi",
  anyScalar: (capture) => `n'importe quelle valeur simple ($${capture})`,
  matches: (source) => `une chaîne qui correspond à /${source}/`,
  contains: (text) => `une chaîne qui contient ${text}`,
  oneOf: (patterns) => `l'un de ${patterns}`,
  not: (pattern) => `tout sauf ${pattern}`,
  length: (length) => `${length} caractères ou éléments`,
  inAnyOrder: (patterns) => `dans un ordre quelconque ${patterns}`,
  includes: (patterns) => `une liste qui contient ${patterns}`,
  absent: "pas de champ de ce nom",
  exactly: (fields) => `exactement ${fields}`,
  nothing: "rien",
  mismatch: (expected, received) => `attendu ${expected}, reçu ${received}`,
  tooSlow: "l'expression régulière y passe trop de temps",
  oneTooMany: (value) => `${value} est de trop`,
  kinds: {
    null: "la valeur null",
    list: "une liste",
    string: "une chaîne",
    number: "un nombre",
    boolean: "un booléen",
    object: "un objet"
  },
  otherKind: (expected, received) => `${expected}, pas ${received}`,
  composedDifferently: "les mêmes lettres, mais les accents sont composés autrement",
  spacesAround: "seules les espaces au début ou à la fin diffèrent",
  tooManyCharacters: (count) => `${plural(count, "caractère")} de trop`,
  charactersArrived: (count, all) => `${plural(count, "caractère")} sur ${all} sont arrivés`,
  differAt: (character) => `première différence au caractère ${character}`
}

/** A play in French. */
export const play: PlayTexts = {
  acts: {
    connect: "se connecte",
    connectTo: (node) => `se connecte à ${node}`,
    disconnect: "ferme la connexion",
    cutOff: "est coupé (RST)",
    goSilent: "se tait",
    halfClose: "ferme son côté (FIN)",
    stopReading: "cesse de lire",
    readAgain: "lit de nouveau"
  },
  serverCloses: "le serveur ferme",
  serverResets: "le serveur coupe (RST)",
  ends: { close: "ferme la connexion", reset: "coupe la connexion (RST)" },
  part: (text) => `${text} … (une partie)`,
  pieces: (text, pieces) => `${text} (en ${plural(pieces, "morceau", "morceaux")})`,
  bytes: octets,
  andMore: (caption, count) => `${caption} + ${plural(count, "autre")}`,

  and: "et",
  nothing: "rien",
  closed: "le serveur a fermé la connexion",
  reset: "le serveur a coupé la connexion (RST)",
  noConnection: "rien : il n'y a pas de connexion",
  noOpenConnection: "il n'y a pas de connexion ouverte",
  notAnObject: (value) => `${value}, qui n'est pas un objet JSON`,
  after: (ms, actor, act, line) => `${span(ms)} après ${act} ${of(actor)} (ligne ${line})`,
  request: (type) => `la requête ${type}`,
  labels: {
    bytes: "l'envoi d'octets",
    part: "l'envoi partiel",
    end: "le départ",
    FIN: "la fermeture",
    change: "le changement",
    connection: "la connexion"
  },
  unfinished: (bytes) => `reçu ${octets(bytes)} d'un objet inachevé`,
  cameInstead: {
    reply: (value) => `une réponse est venue à la place : ${value}`,
    event: (value) => `un événement est venu à la place : ${value}`,
    noise: (value) => `autre chose est venu à la place : ${value}`
  },
  oneOfWas: (name = "personne") => `« one of » désignait ${name}`,
  forOneOf: (names, expected) => `pour l'un de ${names} : ${expected}`,
  noneCloser: (names) => `aucun de ${names} ne s'en est approché davantage`,
  beforeTheEnd: (expected) => `${expected} avant la fin`,
  gathered: (expected, count, all) => `${expected} (après ${count} sur ${all})`,

  isConnected: (actor, purpose) => `${actor} est connecté ${purpose}`,
  purposes: {
    disconnect: "pour fermer la connexion",
    cutOff: "pour être coupé",
    goSilent: "pour se taire",
    halfClose: "pour fermer son côté",
    stopReading: "pour cesser de lire",
    readAgain: "pour lire de nouveau",
    askAsMember: "et identifié, pour demander la liste",
    ask: "pour demander la liste",
    sendPart: "pour envoyer une partie d'un objet",
    sendRest: "et a envoyé une partie d'un objet",
    network: "pour avoir un mauvais réseau"
  },
  toSend: (text) => `pour envoyer ${text}`,
  staysConnected: (actor) => `${actor} reste connecté`,
  refusal: 'un refus : un status autre que "success", ou la fin de la connexion',
  endAfterLogout: "le serveur termine la connexion après un logout",
  noMoreMessages: "plus aucun message avant le départ",
  serverEnds: {
    either: "le serveur termine la connexion",
    close: "le serveur ferme la connexion (FIN)",
    reset: "le serveur coupe la connexion (RST)"
  },
  afterTheLast: (value) => `${value} après ce qui devait être la fin`,
  goneFromList: (names) => `la liste sans ${names}`,
  users: (users) => `les utilisateurs ${users}`,
  serverRestarts: "le serveur redémarre",
  noLastingConnection: "aucune connexion, ou une qui se termine après une erreur au plus",
  lastingConnection: "une connexion qui reste ouverte",
  untilThen: (expected, meanwhile) => `${expected}, et jusque-là seulement ${meanwhile}`,
  inTheEnd: (expected) => `${expected} à la fin`,
  lastAnswer: (value) => `${value} comme dernière réponse`,
  somebodyMeant: (phrase) => `quelqu'un que désigne « ${phrase} »`,
  nobodyLeft: "il ne reste personne",
  readsPart: "le serveur lit la partie",
  stoppedReading: "il a cessé de lire",
  readsBytes: (bytes, actor) =>
    bytes < 2
      ? `le serveur lit ${bytes} octet envoyé par ${actor}`
      : `le serveur lit les ${bytes} octets envoyés par ${actor}`,
  buffersFull: "il a cessé de lire, et tous les tampons sont pleins",
  hiddenAnswer: (actor) =>
    `une réponse à la requête list cachée ${of(actor)} (envoyée pour savoir que tout est arrivé)`,
  only: (value) => `seulement ${value}`,
  doesItHang: "le serveur s'occupe-t-il encore de cette connexion, ou est-il bloqué ?",
  noHalf: "aucun objet inachevé à la fin",
  half: (bytes) => `${octets(bytes)} d'un objet inachevé`,
  session: (actor) => `${actor} a une session à reprendre`,
  newcomer: (name) => `un nouveau client peut encore faire son login à la fin (sous le nom ${name})`,
  accepts: (address) => `${address} accepte une connexion`,

  program: programs,

  seen: {
    received: (actor, value) => `${actor} a reçu ${value}`,
    ownMessage: (actor, value) => `${actor} a reçu son propre message ${value}`,
    invented: (value) => `un client a reçu un message que personne n'a envoyé : ${value}`,
    stray: (actor, stray) => `${actor} a reçu ${stray} entre deux objets`,
    strays: { "zero byte": "un octet nul", "byte order mark": "une marque d'ordre des octets (BOM)" },
    unlined: (actor) => `${actor} a reçu un objet qui n'avait pas une ligne à lui seul`,
    noNewline: (actor) => `${actor} a reçu un objet sans saut de ligne à la suite`,
    irregular: {
      again: (actor, value) => `${actor} a reçu un numéro qui n'était plus dû : ${value}`,
      "ack out of place": (actor, value) =>
        `${actor} a reçu un accusé qui n'est pas à la place de son message : ${value}`,
      "ack without number": (actor, value) => `${actor} a reçu un accusé sans \`seq\` : ${value}`
    },
    numbersMissing: (actor, seq, value) =>
      `le ${seq} n'a pas été montré à ${actor} ; à sa place est venu ${value}`,
    numberOfTwo: (seq, one, other) => `le numéro ${seq} désigne deux messages, ${one} et ${other}`
  },
  heldInPassing: {
    "WIRE-1": "une ligne pour chaque objet",
    "PLAIN-1": "seulement des réponses et des messages, car aucune option n'a été demandée",
    "MSG-1": "seulement des messages que quelqu'un a envoyés",
    "MSG-3": "aucun message venant de soi-même",
    "ROOM-2": "aucun message venant de soi-même",
    "DM-1": "aucun message venant de soi-même",
    "SEQ-1": "des numéros qui montent d'exactement 1",
    "SEQ-2": "chaque numéro une fois, en ordre croissant, sans trou que n'annonce un gap",
    "SEQ-3": "des accusés avec le numéro de leur message, à sa place",
    "SEQ-4": "un seul message pour chaque numéro"
  },

  notVaried: "ses octets comptent : --vary a gardé ses noms",
  cannotBeAsked: (actor) =>
    `on ne peut pas demander à ${actor} si tout est arrivé : seules les réponses aux expéditeurs le montrent (moins sûr)`,
  settles: (ms) => `le serveur ne répond pas à list : le banc d'essai attend ${span(ms)} à la place`,
  idle: (actor, fault, line) =>
    `${fault} ${of(actor)} (ligne ${line}) n'a touché aucun octet : rien n'est prouvé`,
  chaosSaved: (file) =>
    `sans --chaos, le scénario réussit ; tel qu'il a été joué ici, il est enregistré dans ${file}`,
  chaosNotSaved: (file) =>
    `sans --chaos, le scénario réussit ; tel qu'il a été joué ici, il ne peut pas être enregistré dans ${file}`,
  strangersIgnored: "des inconnus sont connectés : ils sont ignorés, et ce qu'ils disent aussi",
  strangersUnknown: "impossible de savoir si des inconnus sont connectés : personne ne répond à list",
  strangers: (names) => `des inconnus sont connectés : ${names}`,
  strangersHold: (names) => `des inconnus portent déjà les noms ${names}`,
  cannotRestart: "cette cible ne peut pas être redémarrée",
  cannotHalfClose: "par WebSocket, aucun côté ne peut fermer seul (cela concerne TCP)",
  doesNotClaim: (need) => `cette cible n'annonce pas ${need}`,
  notPlayed: {
    bail: "pas joué : arrêt au premier échec (--bail)",
    "target lost": "pas joué : la cible a été perdue auparavant",
    "nobody logs in": "pas joué : personne ne peut faire son login (--no-bail joue quand même)"
  }
}
