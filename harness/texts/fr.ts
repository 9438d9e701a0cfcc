import { runner } from "../../src/Invocation.ts"
import type { Catalogue } from "./Catalogue.ts"
import { clauses } from "./fr/clauses.ts"
import { grading } from "./fr/grading.ts"
import { gradebook } from "./fr/gradebook.ts"
import { mistakes } from "./fr/mistakes.ts"
import { patterns, play } from "./fr/play.ts"
import { targets } from "./fr/targets.ts"
import { plural, span } from "./fr/words.ts"

const allHold = (all: number): string => `Toutes les clauses must (${all}) sont respectées.`

/** Advice for programs that misuse memory. */
const sanitized = "compilez-le avec -g -fsanitize=address pour voir où"

/** The texts in French. */
export const french: Catalogue = {
  language: "fr",
  span,
  tenths: (number) => number.toFixed(1).replace(".", ","),
  clauses,
  mistakes,
  patterns,
  play,
  targets,
  grading,
  gradebook,
  explanation: {
    why: "Pourquoi c'est important",
    mistakes: "Erreurs courantes",
    likeliest: "L'erreur la plus probable",
    scenarios: "Scénarios à ce sujet",
    clauses: "Clauses concernées",
    steps: "Étapes",
    play: "Jouer",
    more: "Plus",
    unknown: (name, suggestion) => `il n'y a ni clause ni scénario « ${name} »${suggestion}`
  },
  report: {
    against: (count, target) => `${plural(count, "scénario")} contre ${target}`,
    seed: (seed) => `graine ${seed}`,
    verdicts: {
      passed: "réussi",
      failed: "échoué",
      not_reached: "non atteint",
      skipped: "sauté",
      inconclusive: "indécis"
    },
    signs: { passed: "réussi", failed: "ÉCHEC", warned: "averti" },
    labels: {
      story: "récit",
      note: "note",
      nodes: "nœuds",
      server: "serveur",
      screen: "écran",
      also: "aussi",
      hides: "masque"
    },
    expected: "attendu",
    received: "reçu",
    detail: "détail",
    hint: "piste",
    because: "raison",
    theEnd: "la fin du scénario",
    within: (ms) => `en ${span(ms)} au plus`,
    more: (count) => `et ${plural(count, "autre")}`,
    serverEnded: (how) => `le serveur s'est arrêté : ${how}`.replace("exit code", "code de sortie"),
    beforeFirstStep: "avant la première étape :",
    unexpectedPass: "succès inattendu : targets.yaml le donne comme un échec connu",
    hides: (count) =>
      count < 2
        ? `${count} scénario n'a pas pu être jugé à cause de cela`
        : `${count} scénarios n'ont pas pu être jugés à cause de cela`,
    counts: {
      passed: (count) => plural(count, "réussi"),
      failed: (count) => plural(count, "échoué"),
      notReached: (count) => plural(count, "non atteint"),
      warned: (count) => plural(count, "averti"),
      known: (count) => plural(count, "échec connu", "échecs connus"),
      skipped: (count) => plural(count, "sauté"),
      inconclusive: (count) => plural(count, "indécis", "indécis")
    },
    inTime: (ms) => `en ${span(ms)}`,
    becauseOf: (counted, reason) => `${counted} : ${reason}`,
    targetLost: (reason) => `la cible a été perdue : ${reason}`,
    scenariosFailed: (count) => `${plural(count, "scénario")} en échec`,
    waiting: (how = "tout a réussi", files) =>
      `${how} · en attente de changements dans ${files} (Ctrl-C pour finir)`,
    scenariosInconclusive: (count) => `${plural(count, "scénario")} indécis`
  },
  html: {
    causes: "Ce qui a échoué",
    clauses: "Clauses du protocole",
    scenarios: "Scénarios",
    weights: {
      passed: "réussi",
      failed: "échoué",
      notReached: "non atteint",
      warned: "averti",
      known: "échec connu",
      skipped: "sauté",
      inconclusive: "indécis"
    },
    steps: { passed: "réussie", failed: "échouée", unplayed: "non jouée" },
    playAgain: "rejouer",
    explain: "expliquer",
    file: "Fichier du scénario",
    exchange: "Échange",
    server: "serveur",
    sends: (actor) => `${actor} envoie : `,
    receives: (actor) => `${actor} reçoit : `,
    fence: (actors) => `requêtes list cachées de ${actors}`,
    left: (rows) => `${rows} de plus, non montrés`,
    inPassing: "au passage",
    bytes: {
      heading: "Octets",
      close: "Fermer",
      step: "ligne {n}",
      sent: "{n} octets envoyés à",
      received: "{n} octets reçus à",
      cut: "… {n} octets de plus",
      notKept: "Ses octets n'ont pas été gardés : --trace on garde aussi ceux des scénarios réussis."
    }
  },
  diagram: {
    theServer: (act) => `le serveur ${act}`,
    otherwise: "autre chose",
    refusal: "un refus",
    atTheSameTime: "en même temps",
    times: (count) => `${count} fois`,
    firstBytes: (request, count) => `${request} (les ${count} premiers octets)`,
    theRest: "(le reste)"
  },
  hints: {
    sentBack: (actor) => `c'est ce que ${actor} a envoyé : votre serveur a renvoyé la requête`,
    signals: {
      SIGPIPE:
        "le programme a été arrêté en écrivant sur une connexion fermée : send(…, MSG_NOSIGNAL), ou signal(SIGPIPE, SIG_IGN) au démarrage",
      SIGSEGV: `le programme a utilisé de la mémoire qui n'est pas à lui ; ${sanitized}`,
      SIGBUS: `le programme a utilisé de la mémoire qui n'existe pas ; ${sanitized}`,
      SIGABRT: `le programme a renoncé : une exception non attrapée, une assertion fausse ou de la mémoire abîmée ; ${sanitized}`,
      SIGFPE: "le programme a divisé par zéro",
      SIGILL: `le programme est tombé sur une instruction invalide, comme après un return oublié ; ${sanitized}`,
      SIGKILL:
        "quelque chose a arrêté le programme de l'extérieur, souvent parce qu'il prenait trop de mémoire"
    },
    addressInUse: "un autre programme a ce port, ou il manque SO_REUSEADDR avant bind dans le serveur",
    oneNode: (node) => `cela tient-il avec un seul nœud ? Jouez-le avec --connect ${node}`
  },
  unreadable: {
    "not UTF-8": "cet octet n'est pas de l'UTF-8",
    "zero byte": "un octet nul : envoyez autant d'octets que le texte en compte (strlen)",
    "single quote": "le JSON a des guillemets doubles",
    "control character": "doit être échappé dans une chaîne : \\n, \\t",
    unexpected: "à partir d'ici, ce n'est pas du JSON",
    "too large": "l'objet continue sans fin",
    unfinished: "l'objet ne se termine pas"
  },
  meaning: {
    musts: ({ all, failed, hold, notReached }) =>
      hold === all
        ? allHold(all)
        : `Clauses must respectées : ${hold} sur ${all} ; ${failed} en échec, ${plural(notReached, "non atteinte")}.`,
    mendFirst: "À corriger d'abord :",
    folded: (count, clauses) =>
      `${plural(count, "scénario")} should ou may sans succès${clauses === "" ? "" : ` (${clauses})`} ; --all les montre.`
  },
  next: {
    lessons: {
      login: "login",
      message: "messages",
      list: "liste",
      leave: "départs",
      frames: "découpage",
      crowds: "foule",
      extras: "extras",
      rooms: "salons",
      client: "votre client"
    },
    passed: (count, all) => `${count} sur ${all}`,
    progress: ({ all, hold }) =>
      hold === all ? allHold(all) : `Clauses must respectées jusqu'ici : ${hold} sur ${all}.`,
    all: [`Ensuite : ce que fait un serveur soigné. ${runner} scenario --level should`],
    again: "Rejouer",
    failed: "il y a quelque chose à corriger"
  }
}
