import type { TargetTexts } from "../Targets.ts"
import { plural, span } from "./words.ts"

/** Targets in French. */
export const targets: TargetTexts = {
  ended: (how, port) =>
    `le programme s'est arrêté (${how}) avant d'écouter sur le port ${port}`.replace(
      "exit code",
      "code de sortie"
    ),
  inBackground: (ended) => `${ended} ; s'il continue en arrière-plan, lancez-le au premier plan`,
  lacksVariables: (ended) =>
    `${ended} ; il n'a pas reçu vos variables : transmettez celles qu'il lui faut, par exemple --env GOPATH`,
  cannotStart: (why) => `cette machine ne peut pas le lancer (${why})`,
  tooSlow: (port, ms) => `le programme n'a pas écouté sur le port ${port} en ${span(ms)}`,
  portTaken: (port) => `un autre programme écoute déjà sur le port ${port} ; arrêtez-le d'abord`,
  noPort: (host, why) =>
    `personne ne peut écouter sur ${host} ici (${why}) : l'interface de bouclage est-elle active ?`,
  leftBehind: (commands) =>
    `laissés en arrière-plan, et arrêtés avec le scénario : ${commands} ; lancez le serveur au premier plan`,
  more: (count) => plural(count, "autre"),
  nobodyAccepts: (address, elsewhere) =>
    `personne n'accepte de connexion à ${address}${elsewhere === undefined ? "" : `, mais quelqu'un en accepte à ${elsewhere}`}`,
  cannotConnect: (address, why) => `impossible de se connecter à ${address} : ${why}`,
  speaksTls: "ce serveur parle TLS : donnez --tls, ou son certificat avec --ca FICHIER",
  reasons: {
    "connection refused": "connexion refusée : personne n'y écoute",
    "no answer": "pas de réponse"
  },
  troubles: {
    "open files": () =>
      "le banc d'essai ne peut plus ouvrir de connexion : relevez sa limite, par exemple avec ulimit -n 4096",
    "no port left": () => "cette machine n'a plus de port pour une connexion de plus : attendez une minute",
    "no memory": () => "cette machine n'a plus de mémoire pour une connexion de plus",
    "no way": (host) => `aucun chemin ne mène d'ici à ${host} : le réseau fonctionne-t-il ?`,
    forbidden: (host) => `cette machine interdit les connexions à ${host} : y a-t-il un pare-feu ?`,
    "no such name": (host) => `le nom ${host} est introuvable : est-il juste, et le réseau fonctionne-t-il ?`,
    "other name": (host) => `le certificat du serveur est pour un autre nom que ${host}`,
    "not valid now": () =>
      "le certificat du serveur n'est pas valable maintenant : l'horloge est-elle à l'heure ?",
    "not trusted": () => "le certificat du serveur n'est pas reconnu : donnez-le avec --ca FICHIER",
    "no TLS": () => "ce serveur ne parle pas TLS : enlevez --tls et --ca"
  }
}
