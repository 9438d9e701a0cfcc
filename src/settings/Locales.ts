import type { ErrorCode } from "../Protocol.ts"

/** The languages of what the server says to people. */
export const locales = ["fr", "en"] as const
export type Locale = (typeof locales)[number]

/** The texts of replies and errors, by the code or occasion that they belong to. */
export interface Texts {
  readonly welcome: (username: string) => string
  readonly sent: string
  readonly goodbye: (username: string) => string
  readonly errors: Readonly<Record<ErrorCode, string>>
}

/** The texts of each language; `fr` are the lab's own words. */
export const texts: Readonly<Record<Locale, Texts>> = {
  fr: {
    welcome: (username) => `Bienvenue, ${username}`,
    sent: "Message envoyé à tous les clients",
    goodbye: (username) => `Au revoir, ${username}`,
    errors: {
      invalid_json: "Ce n'est pas du JSON valide en UTF-8",
      invalid_request: "Requête incorrecte : un champ manque ou n'a pas le bon type",
      unknown_type: "Type de requête inconnu",
      not_logged_in: "Connectez-vous d'abord avec login",
      already_logged_in: "Vous êtes déjà connecté",
      invalid_username: "Nom refusé : 1 à 32 caractères visibles, sans espace au début ni à la fin",
      username_taken: "Ce nom est déjà pris",
      username_mismatch: "Ce nom n'est pas le vôtre",
      too_large: "Requête trop longue",
      rate_limited: "Trop de messages, réessayez plus tard",
      server_full: "Le serveur est complet",
      too_many_connections: "Trop de connexions depuis votre adresse",
      tls_required: "Ce port ne parle que TLS",
      login_timeout: "Pas de login dans le temps imparti",
      idle_timeout: "Aucune activité depuis trop longtemps",
      slow_consumer: "Vous ne lisez pas assez vite",
      shutting_down: "Le serveur s'arrête"
    }
  },
  en: {
    welcome: (username) => `Welcome, ${username}`,
    sent: "Message sent to everyone else",
    goodbye: (username) => `Goodbye, ${username}`,
    errors: {
      invalid_json: "This is not valid JSON in UTF-8",
      invalid_request: "Bad request: a field is missing or has the wrong type",
      unknown_type: "Unknown request type",
      not_logged_in: "Log in first",
      already_logged_in: "You are already logged in",
      invalid_username: "Name refused: 1 to 32 visible characters, no space at either end",
      username_taken: "This name is taken",
      username_mismatch: "This name is not yours",
      too_large: "Request too large",
      rate_limited: "Too many messages, try again later",
      server_full: "The server is full",
      too_many_connections: "Too many connections from your address",
      tls_required: "This port speaks TLS only",
      login_timeout: "No login within the allowed time",
      idle_timeout: "No activity for too long",
      slow_consumer: "You do not read fast enough",
      shutting_down: "The server is shutting down"
    }
  }
}
