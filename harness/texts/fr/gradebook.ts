import type { GradebookTexts } from "../Gradebook.ts"
import { of, plural } from "./words.ts"

/** The pages about a class in French. */
export const gradebook: GradebookTexts = {
  notPlayed: "non joué",
  notAsked: "non demandé",
  outOf: (earned, max) => `${earned} sur ${max}`,
  submissions: (count) => plural(count, "rendu"),
  waiting: (count) => `${count} encore à noter`,
  median: (marks) => `médiane ${marks}`,
  student: "Rendu",
  marks: "Note",
  outcome: "Issue",
  clauses: "Clauses du protocole",
  report: "rapport",
  inWords: "en mots",
  hiddenScenario: "un scénario caché",
  passedBy: "réussi par",
  suspect: "Presque tout le monde y échoue : soupçonnez le scénario avant les étudiants",
  suspectThis: "presque tout le monde y échoue : soupçonnez le scénario",
  notContained: "Sans bac à sable : ces rendus pouvaient lire ce que vous lisez, et atteindre le réseau",
  inconclusive:
    "Indécis : cette machine n'a pas pu les juger, ils n'ont donc pas de note ; notez-les de nouveau",
  unsteady: "Instables : ceux-ci ont échoué à un scénario, puis l'ont réussi quand il a été rejoué",
  keys: "Choisissez une case d'un clic ou avec les flèches pour voir ce qui n'allait pas ; Entrée y ouvre le rapport.",
  page: {
    title: (name) => `Rapport sur le rendu ${of(name)}`,
    noMarks: "pas de note : le rendu n'a pas pu être jugé",
    log: "La fin de ce qu'il a écrit :",
    causes: "Ce qui a échoué",
    nothingFailed: "Rien n'a échoué.",
    likeliest: "L'erreur la plus probable :",
    otherScenarios: "Scénarios qui ne concernent aucune clause",
    notReached: "Non atteint",
    notReachedWhy:
      "Un échec ci-dessus a empêché d'y arriver. Ces clauses ne rapportent rien pour l'instant, sans être dites fausses.",
    notPlayedWhy: "Celles-ci n'ont pas été jouées.",
    undecided: "Indécis",
    undecidedWhy: "La machine qui note n'a pas pu trancher.",
    marks: (level) => `Note pour ${level}`,
    conditions: "Comment il a été noté",
    contained: "Dans son propre bac à sable : il pouvait atteindre son dossier, et rien d'autre.",
    notContained: "Sans bac à sable.",
    gradedAt: (date, span) => `Le ${date}, en ${span}.`,
    unsteady: (scenarios) =>
      `Certains scénarios ont échoué, puis réussi quand ils ont été rejoués : ${scenarios}. Ils ne comptent pas comme des échecs, mais quelque chose est laissé au hasard : cherchez des threads qui partagent des données sans verrou.`
  }
}
