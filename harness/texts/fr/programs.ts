import type { ProgramTexts } from "../Programs.ts"
import { of } from "./words.ts"

/** What is said of programs, in French. */
export const programs: ProgramTexts = {
  starts: "un terminal pour le programme",
  connects: (actor, port) => `le programme ${of(actor)} se connecte à 127.0.0.1:${port}`,
  noConnection: "aucune connexion",
  sends: (actor, request) => `le programme ${of(actor)} envoie ${request}`,
  granted: (name) => `notre serveur accorde le nom ${name}`,
  refusedIt: "un refus",
  noJson: (bytes) => `des octets qui ne sont pas du JSON : ${bytes}`,
  nothingMore: (actor) => `le programme ${of(actor)} n'envoie que ce qui a été tapé, et une seule fois`,
  shows: (texts) => `${texts} sur son écran`,
  hasShown: (texts) => `affiche ${texts}`,
  holdsBack: {
    nothing: "reçoit ce qui était retenu",
    replies: "ne reçoit pas de réponses pour l'instant",
    everything: "ne reçoit rien pour l'instant"
  },
  notThere: "un écran où cela ne se trouve pas",
  tooEarly: "cela seulement avant ce qui a été cherché en dernier",
  from: (text, name) => `le nom « ${name} » à côté de ${text} sur son écran`,
  times: (text, times) =>
    times === 0 ? `aucun ${text} sur son écran` : `${text} ${times} fois sur son écran`,
  quits: (actor) => `le programme ${of(actor)} ferme sa connexion et se termine`,
  staysConnected: "il reste connecté",
  goesOn: "il continue sans connexion",
  ended: (how) => `son programme s'est terminé (${how})`,
  tellsRefusal: "quelque chose de nouveau sur son écran après le refus, ou la fin du programme",
  tellsEnd: "quelque chose de nouveau sur son écran après la fin de la connexion, ou la fin du programme",
  nothingNew: "rien de nouveau, et il continue",
  floods: "un écran qu'il remplit sans fin",

  noClient: "il juge un client : nommez-en un avec --client",
  noProgram: "personne n'y utilise de client",
  notHere: "les clients ne sont jugés que sur notre propre serveur",
  noWord: { list: "ce client n'a pas de mot pour la liste", quit: "ce client n'a pas de mot pour quitter" },
  onePort: "deux programmes ne peuvent pas partager un port inscrit dans le code",
  noTerminal: "pas de terminal pour un programme : il faut la commande `script` d'util-linux",
  notTheClient: (received) => `autre chose que le client a échoué : ${received}`
}
