import type { Catalogue } from "../Catalogue.ts"

/** Les clauses de ce que les clients demandent en option, en bon français. */
export const features = {
  "PRES-1": {
    title: "qui demande presence apprend qui vient et qui part",
    rule: "Avec l'option `presence`, un client reçoit `joined` après le login de quelqu'un, et `left` une fois que le nom est de nouveau libre ; jamais l'inverse.",
    why: "Un client peut tenir sa liste d'utilisateurs à jour sans la redemander sans cesse."
  },
  "ROOM-1": {
    title: "les salons vont et viennent avec leurs membres et leur historique",
    rule: "Un salon existe tant que quelqu'un s'y trouve, ou tant qu'il a un historique. Son nom est un nom qu'une personne pourrait porter, et désigne le même salon en majuscules ou en minuscules ; tout autre est refusé. Le hall, où tout le monde se trouve, ne se quitte pas.",
    why: "Deux personnes qui écrivent `lab` et `Lab` pensent au même salon. Un salon que personne ne pourrait nommer de nouveau serait perdu."
  },
  "ROOM-2": {
    title: "ce qui se dit dans un salon n'atteint que ses membres",
    rule: "Chaque membre sauf l'expéditeur le reçoit une fois. Qui n'est pas dans un salon ne peut ni y parler, ni y regarder, ni y lire : `not_in_room`.",
    why: "On parle librement là où l'on sait qui écoute."
  },
  "ROOM-3": {
    title: "la réponse à join vient en premier",
    rule: "Rien d'un salon n'atteint un client avant la réponse à son `join`. `users` donne les membres dans l'ordre de leur arrivée.",
    why: "Un client qui reçoit un message d'un salon qu'il ne connaît pas encore ne peut que le jeter."
  },
  "ROOM-4": {
    title: "un salon a un seul ordre pour tous ses membres",
    rule: "Tous les membres voient les messages d'un salon dans un seul et même ordre. Entre salons, aucun n'est promis.",
    why: "Une réponse placée avant sa question n'a aucun sens."
  },
  "ROOM-5": {
    title: "qui observe un salon apprend qui y entre et qui en sort",
    rule: "Avec `presence` et `rooms`, les membres reçoivent `joined` et `left` avec le nom du salon. Qui s'en va tout à fait quitte d'abord les salons. Personne n'est averti de ses propres allées et venues.",
    why: "La liste de qui se trouve dans un salon vieillit si personne ne dit ce qui change."
  },
  "DM-1": {
    title: "un message direct n'atteint qu'une personne",
    rule: "Nul autre que le détenteur du nom ne le reçoit, exactement une fois.",
    why: "Ce qui était destiné à une seule paire d'yeux ne doit être vu par personne d'autre, pas même une fois."
  },
  "DM-2": {
    title: "un message direct qui ne peut pas arriver est refusé",
    rule: "Il est refusé si personne ne porte ce nom (`no_such_user`), si son détenteur ne pourrait pas le recevoir (`cannot_receive`), et s'il est adressé à soi-même.",
    why: "L'expéditeur attendrait une réponse de quelqu'un qui n'a jamais entendu la question."
  },
  "DM-3": {
    title: "une boîte de réception appartient à une session, non à un nom",
    rule: "Ce qui arrive en l'absence de son propriétaire attend dans la boîte de la session, sous des numéros qui lui sont propres. Qui porte ensuite ce nom ne peut pas la lire.",
    why: "Les noms sont rendus, puis donnés à d'autres. La prochaine alice ne doit pas lire les lettres de la précédente."
  },
  "DM-4": {
    title: "rien ne reste d'un message direct",
    rule: "Aucun historique ne le montre, et rien ne reste d'une boîte une fois sa session terminée.",
    why: "Ce que deux personnes se sont dit ne regarde nul autre, pas plus ensuite que sur le moment."
  },
  "SEQ-1": {
    title: "les numéros montent de un en un",
    rule: "Les numéros d'un salon montent d'exactement 1, à partir de 1.",
    why: "C'est seulement sans trous qu'un numéro absent révèle un message absent."
  },
  "SEQ-2": {
    title: "un client voit les numéros en ordre croissant, chacun une fois",
    rule: "Un client voit chaque numéro d'un salon au plus une fois, en ordre croissant, et un saut seulement après un `gap` ou par-dessus ses propres messages.",
    why: "Un client qui a vu le 7 peut être sûr d'avoir vu tout ce qui précède, ou de savoir ce qui lui manque."
  },
  "SEQ-3": {
    title: "un accusé porte le numéro de son message, et tient sa place",
    rule: "L'accusé d'un message porte son numéro, et se trouve parmi les événements du salon là où se trouve le message.",
    why: "L'expéditeur aussi doit savoir où ses mots se placent dans la conversation."
  },
  "SEQ-4": {
    title: "un numéro ne désigne jamais deux messages",
    rule: "L'époque, le salon et le numéro ensemble ne désignent jamais deux messages.",
    why: "Un client qui revient prendrait un autre message pour celui qu'il a déjà."
  },
  "HIST-1": {
    title: "le passé rejoint le présent",
    rule: "`join` avec `recent` ou `after` montre cette part du passé sous forme d'événements ordinaires, puis continue avec le direct : rien n'est omis, rien ne vient deux fois.",
    why: "C'est à la couture entre le passé et le présent que les messages se perdent."
  },
  "HIST-2": {
    title: "le passé se lit page par page",
    rule: "`history` reçoit une seule réponse : les derniers messages au-dessous de `before`, en ordre croissant, et pas plus qu'un objet ne peut en contenir.",
    why: "Une réponse trop grande pour son lecteur met fin à la conversation dont elle parle."
  },
  "HIST-3": {
    title: "ce qui n'est plus là est dit manquant",
    rule: "Qui demande ce qui n'est plus conservé reçoit d'abord un `gap`.",
    why: "Le silence voudrait dire que rien n'a été dit."
  },
  "HIST-4": {
    title: "le passé est borné, et son début ne fait que monter",
    rule: "L'historique est limité en nombre, en âge et en octets ; le plus ancien part d'abord, et `first` ne baisse jamais.",
    why: "La mémoire est finie, et ce qui a été dit ne devrait pas être gardé pour toujours."
  },
  "RESUME-1": {
    title: "une session survit à sa connexion",
    rule: "Quand une connexion finit sans `logout`, la session est gardée un moment : hors de la liste, mais avec son nom, ses salons et sa boîte de réception.",
    why: "Les trains passent dans des tunnels. Personne ne devrait prendre votre nom pendant que vous y êtes."
  },
  "RESUME-2": {
    title: "le jeton suffit pour revenir",
    rule: "Le jeton vaut aussi tant que l'ancienne connexion semble encore en vie ; celle-ci finit alors par `session_replaced`, et les autres ne remarquent rien.",
    why: "Le serveur remarque souvent une connexion rompue plus tard que la personne elle-même."
  },
  "RESUME-3": {
    title: "qui revient n'a rien manqué",
    rule: "Tout ce qui manque à `seen` vient sous forme d'événements ordinaires, chacun une fois, ou un `gap` dit ce qui manque.",
    why: "Sinon, il faut demander ce qui a été dit, sans jamais savoir ce qu'on a oublié de demander."
  },
  "RESUME-4": {
    title: "un jeton inconnu vaut un login ordinaire",
    rule: 'Un jeton inconnu ou périmé mène à un login ordinaire, avec `"resumed":false`. Les salons de `seen` sont rejoints, et la boîte de réception reste fermée.',
    why: "Un client absent trop longtemps devrait entrer quand même, mais pas dans la session d'un autre."
  },
  "RESUME-5": {
    title: "on revient aussi souvent qu'on veut",
    rule: "Une session peut être reprise autant de fois qu'on veut, même avant l'arrivée du moindre message.",
    why: "Un mauvais réseau se rompt plus d'une fois, et pas seulement quand cela arrange le serveur."
  },
  "RESUME-6": {
    title: "qui fait logout est parti aussitôt",
    rule: "`logout` met fin à la session : le nom est libre, et le jeton sans valeur.",
    why: "Qui dit au revoir ne veut pas qu'on l'attende."
  },
  "DEDUP-1": {
    title: "un message renvoyé n'est pas redit",
    rule: "Le même message avec le même `cid` n'est pas redit ; son accusé porte le numéro du premier.",
    why: "Quand la connexion se rompt avant l'accusé, nul ne sait si le message a été dit. Ainsi, on peut le renvoyer sans risque."
  },
  "DEDUP-2": {
    title: "les 64 derniers messages peuvent être renvoyés",
    rule: "Les 64 derniers `cid` d'une session comptent, et un message refusé n'a pas consommé le sien.",
    why: "Une promesse sans borne remplirait la mémoire ; sans nombre, ce n'en serait pas une."
  },
  "DEDUP-3": {
    title: "on peut renvoyer après être revenu",
    rule: "Quoi qu'il soit advenu de la connexion qui l'a envoyé d'abord, le même `cid` dans la même session est le même message.",
    why: "La seule raison de renvoyer quelque chose est d'avoir perdu une connexion."
  },
  "DEDUP-4": {
    title: "un `cid` désigne un seul message",
    rule: "Le même `cid` avec un autre contenu, salon ou destinataire est refusé.",
    why: "Un accusé pour des mots que personne n'entendra jamais serait un mensonge."
  }
} as const satisfies Partial<Catalogue["clauses"]>
