import type { GradingTexts } from "../Grading.ts"
import { plural } from "./words.ts"

/** Grading in French. */
export const grading: GradingTexts = {
  outcomes: {
    graded: "noté",
    nothing_to_run: "rien à lancer",
    not_built: "ne se compile pas",
    not_started: "ne démarre pas",
    timed_out: "temps écoulé",
    inconclusive: "indécis"
  },
  troubles: {
    "no folder": "ce n'est pas un dossier : décompressez-le d'abord",
    "too large": "le dossier dépasse 1 Gio ou contient plus de 100 000 entrées",
    unreadable: "le dossier ne peut pas être lu",
    "no program": "le dossier n'a aucun fichier d'un langage nommé dans le fichier de la classe"
  },
  notBuilt: (how) => `la compilation a échoué (${how})`.replace("exit code", "code de sortie"),
  buildTooLong: (span) => `la compilation a duré plus de ${span}`,
  timedOut: (span) =>
    `la compilation et le jugement ont duré plus de ${span} ; ce qui n'a pas été joué ne compte pas`,
  notCopied: (why) => `le dossier n'a pas pu être copié : ${why}`,
  judgeEnded: "le jugement s'est arrêté de lui-même, sans que le rendu y soit pour rien",
  limits: {
    memory: (most) => `limite de mémoire atteinte (${most}) : le programme a été arrêté`,
    processes: (most) =>
      `limite de processus atteinte (${most} processus et threads) : le programme a été arrêté`,
    cpu: (most) => `limite de temps processeur atteinte (${most}) : le programme a été arrêté`,
    disk: (most) => `limite d'espace disque atteinte (${most}) : le programme a été arrêté`
  },
  failed: (expected, received) => `attendu : ${expected} ; reçu : ${received}`,
  notContained:
    "sans isolement : bubblewrap (bwrap) ne fonctionne pas ici ; les rendus peuvent lire vos fichiers et utiliser le réseau, et sont jugés un par un",
  begins: (submissions, left) =>
    left === submissions ? `${submissions} à noter` : `encore ${left} à noter sur ${submissions}`,
  reference: "la référence",
  referenceHolds: "la référence réussit tout",
  referenceFails: (where) => `la référence ne réussit pas tout, personne n'est donc noté : ${where}`,
  counts: (passed, failed, others) =>
    `clauses : ${plural(passed, "respectée")}, ${plural(failed, "en échec", "en échec")}, ${plural(others, "non jugée")}`,
  unsteady: (scenarios) => `un seul échec : ${scenarios}`,
  progress: (graded, all) => `${plural(graded, "noté")} sur ${all}`,
  timeLeft: (span) => `encore ${span} environ`,
  written: (folder) => `écrit dans ${folder}`,
  nothingGraded: "rien n'a pu être noté",
  someInconclusive: (count) =>
    `${plural(count, "rendu indécis", "rendus indécis")} : relancez la commande pour noter ce qui reste`,
  noSuchSubmission: (name, suggestion) => `il n'y a pas de rendu « ${name} »${suggestion}`
}
