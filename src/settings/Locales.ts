import type { Problem } from "../Problem.ts"
import { type ErrorCode, historyLimitMax } from "../Protocol.ts"

/** The languages of what the server says to people. */
export const locales = ["fr", "en"] as const
export type Locale = (typeof locales)[number]

/** The texts of replies and errors, by the code or occasion that they belong to. */
export interface Texts {
  readonly welcome: (username: string) => string
  readonly sent: string
  readonly sentToRoom: (room: string) => string
  readonly sentToUser: (username: string) => string
  readonly goodbye: (username: string) => string
  readonly errors: Readonly<Record<ErrorCode, string>>
  readonly problem: (problem: Problem) => string
}

/** What each problem is called. */
interface ProblemTexts {
  readonly notJson: (what: string) => string
  readonly unexpected: (what: string) => string
  readonly endOfLine: string
  readonly http: string
  readonly meant: (request: string) => string
  readonly ends: { readonly no_lines: string; readonly too_many: string }
  readonly notObject: string
  readonly unknownType: (type: string) => string
  readonly didYouMean: (type: string) => string
  readonly types: (types: string) => string
  readonly missing: (field: string) => string
  readonly unknown: (fields: string) => string
  readonly empty: (field: string) => string
  readonly exclusive: (one: string, other: string) => string
  /** What a field must be; `""` stands for every other. */
  readonly mustBe: Readonly<Record<string, string>>
}

/** Puts the texts of a problem together; what a client sent is quoted, so that it cannot pose as ours. */
const problemText =
  (texts: ProblemTexts) =>
  (problem: Problem): string => {
    switch (problem.kind) {
      case "not_json": {
        const { before, ends, from, meant } = problem
        const hint = meant === "http" ? texts.http : meant && texts.meant(`{"type":"${meant}"}`)
        return [
          texts.notJson(quoted(`${before}${from}`.trim())),
          before === ""
            ? undefined
            : texts.unexpected(from === "" ? texts.endOfLine : quoted(Array.from(from)[0]!)),
          hint,
          ends && texts.ends[ends]
        ]
          .filter(Boolean)
          .join(" ")
      }
      case "not_object":
        return texts.notObject
      case "unknown_type": {
        const { meant, type, types } = problem
        const hint = meant === undefined ? texts.types(types.join(", ")) : texts.didYouMean(quoted(meant))
        return `${texts.unknownType(quoted(type))}${hint}`
      }
      case "missing": {
        const { field, unknown } = problem
        const hint = unknown.length === 0 ? "" : texts.unknown(unknown.map(quoted).join(", "))
        return `${texts.missing(quoted(field))}${hint}`
      }
      case "wrong":
        return problem.isEmpty
          ? texts.empty(quoted(problem.field))
          : `${quoted(problem.field)} ${texts.mustBe[problem.field] ?? texts.mustBe[""]!}`
      case "exclusive":
        return texts.exclusive(...(problem.fields.map(quoted) as [string, string]))
    }
  }

const quoted = (text: string): string => `\`${text.replaceAll("`", "'")}\``

/** The texts of each language; `fr` are the lab's own words. */
export const texts: Readonly<Record<Locale, Texts>> = {
  fr: {
    welcome: (username) => `Bienvenue, ${username}`,
    sent: "Message envoyé à tous les clients",
    sentToRoom: (room) => `Message envoyé au salon ${room}`,
    sentToUser: (username) => `Message envoyé à ${username}`,
    goodbye: (username) => `Au revoir, ${username}`,
    errors: {
      invalid_json: "Ce n'est pas du JSON valide en UTF-8",
      invalid_request: "Requête incorrecte : un champ manque ou n'a pas le bon type",
      unknown_type: "Type de requête inconnu",
      not_logged_in: "Connectez-vous d'abord avec login",
      already_logged_in: "Vous êtes déjà connecté",
      invalid_username: "Nom refusé : 1 à 32 caractères visibles, sans espace au début ni à la fin",
      username_taken: "Ce nom est déjà pris",
      login_refused: "Connexion refusée",
      username_mismatch: "Ce nom n'est pas le vôtre",
      message_refused: "Message refusé",
      invalid_room: "Ce n'est pas le nom d'un salon que l'on rejoint ou quitte",
      not_in_room: "Vous n'êtes pas dans ce salon",
      too_many_rooms: "Trop de salons",
      no_such_user: "Personne ne porte ce nom",
      cannot_receive: "Cette personne ne peut pas recevoir de messages privés",
      too_large: "Requête trop longue",
      rate_limited: "Trop de messages, réessayez plus tard",
      server_full: "Le serveur est complet",
      too_many_connections: "Trop de connexions depuis votre adresse",
      tls_required: "Ce port ne parle que TLS",
      login_timeout: "Pas de login dans le temps imparti",
      idle_timeout: "Aucune activité depuis trop longtemps",
      slow_consumer: "Vous ne lisez pas assez vite",
      kicked: "Vous avez été exclu",
      session_replaced: "Votre session continue sur une autre connexion",
      node_lost: "Cette partie du serveur s'est arrêtée, reconnectez-vous",
      unavailable: "Le serveur ne peut rien enregistrer pour le moment, réessayez plus tard",
      shutting_down: "Le serveur s'arrête"
    },
    problem: problemText({
      notJson: (what) => `Ignoré : ${what} n'est pas du JSON en UTF-8.`,
      unexpected: (what) => `Inattendu : ${what}.`,
      endOfLine: "la fin de la ligne",
      http: "Ce serveur de discussion parle JSON sur TCP, pas HTTP.",
      meant: (request) => `Vouliez-vous dire ${request} ?`,
      ends: {
        no_lines: "Sans fin de ligne jusqu'ici, la suite serait illisible : la connexion se ferme.",
        too_many: "C'était une fois de trop : la connexion se ferme."
      },
      notObject: 'Une requête est un objet JSON, par exemple {"type":"list"}',
      unknownType: (type) => `Type de requête inconnu : ${type}`,
      didYouMean: (type) => ` ; vouliez-vous dire ${type} ?`,
      types: (types) => ` (il y a ${types})`,
      missing: (field) => `${field} est absent`,
      unknown: (fields) => ` (inconnu : ${fields})`,
      empty: (field) => `${field} est vide`,
      exclusive: (one, other) => `${one} et ${other} ne vont pas ensemble`,
      mustBe: {
        "": "doit être un texte",
        features: "doit être une liste de textes",
        seen: "doit être un objet : pour chaque salon, le dernier numéro vu",
        cid: "doit être un texte de 1 à 64 caractères, nouveau pour chaque message",
        to: "doit être le nom de quelqu'un d'autre",
        recent: "doit être un entier à partir de 1",
        after: "doit être un entier à partir de 0",
        before: "doit être un entier à partir de 1",
        limit: `doit être un entier de 1 à ${historyLimitMax}`,
        id: "doit être un texte de 64 caractères au plus, ou un nombre"
      }
    })
  },
  en: {
    welcome: (username) => `Welcome, ${username}`,
    sent: "Message sent to everyone else",
    sentToRoom: (room) => `Message sent to the room ${room}`,
    sentToUser: (username) => `Message sent to ${username}`,
    goodbye: (username) => `Goodbye, ${username}`,
    errors: {
      invalid_json: "This is not valid JSON in UTF-8",
      invalid_request: "Bad request: a field is missing or has the wrong type",
      unknown_type: "Unknown request type",
      not_logged_in: "Log in first",
      already_logged_in: "You are already logged in",
      invalid_username: "Name refused: 1 to 32 visible characters, no space at either end",
      username_taken: "This name is taken",
      login_refused: "Login refused",
      username_mismatch: "This name is not yours",
      message_refused: "Message refused",
      invalid_room: "Not the name of a room that one can join or leave",
      not_in_room: "You are not in this room",
      too_many_rooms: "Too many rooms",
      no_such_user: "Nobody has this name",
      cannot_receive: "This user cannot receive direct messages",
      too_large: "Request too large",
      rate_limited: "Too many messages, try again later",
      server_full: "The server is full",
      too_many_connections: "Too many connections from your address",
      tls_required: "This port speaks TLS only",
      login_timeout: "No login within the allowed time",
      idle_timeout: "No activity for too long",
      slow_consumer: "You do not read fast enough",
      kicked: "You have been removed",
      session_replaced: "Your session goes on in another connection",
      node_lost: "This part of the server has stopped, connect again",
      unavailable: "The server cannot store anything at the moment, try again later",
      shutting_down: "The server is shutting down"
    },
    problem: problemText({
      notJson: (what) => `Ignored: ${what} is not JSON in UTF-8.`,
      unexpected: (what) => `Unexpected: ${what}.`,
      endOfLine: "the end of the line",
      http: "This is a chat that speaks JSON over TCP, not HTTP.",
      meant: (request) => `Did you mean ${request}?`,
      ends: {
        no_lines: "Without any newline so far, what follows could not be read: the connection is closed.",
        too_many: "This was once too often: the connection is closed."
      },
      notObject: 'A request is a JSON object, such as {"type":"list"}',
      unknownType: (type) => `Unknown request type ${type}`,
      didYouMean: (type) => `; did you mean ${type}?`,
      types: (types) => ` (there are ${types})`,
      missing: (field) => `${field} is missing`,
      unknown: (fields) => ` (unknown: ${fields})`,
      empty: (field) => `${field} is empty`,
      exclusive: (one, other) => `${one} and ${other} do not go together`,
      mustBe: {
        "": "must be a text",
        features: "must be a list of texts",
        seen: "must be an object: for each room, the last number seen",
        cid: "must be a text of 1 to 64 characters, new for each message",
        to: "must be the name of somebody else",
        recent: "must be a whole number from 1",
        after: "must be a whole number from 0",
        before: "must be a whole number from 1",
        limit: `must be a whole number from 1 to ${historyLimitMax}`,
        id: "must be a text of up to 64 characters, or a number"
      }
    })
  }
}
