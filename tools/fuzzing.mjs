/** What a fuzz run does not ask, and why. */
export const leftOut = [
  { path: '…/stream', matches: /\/stream$/, why: 'never ends; libs/edge/src/closing.spec.ts and the stories hear streams' },
];

/** What Schemathesis complains of although it is as it should be, and why. Everything else fails the run. */
export const excused = [
  {
    complaint: 'RejectedPositiveData',
    codes: ['id-looks-personal', 'reference-malformed', 'currency-unknown', 'cursor-not-ours', 'list-has-duplicates', 'e-mail-malformed'],
    why: 'no schema says what a card number looks like, which check symbol is right, what ISO 4217 holds this year, or that a cursor is never made up',
  },
  {
    complaint: 'RejectedPositiveData',
    codes: [
      'position-or-instant',
      'position-is-of-another-log',
      'position-malformed',
      'instant-malformed',
      'day-malformed',
      'days-out-of-range',
    ],
    why: 'parameters that exclude or bound one another, logs and days that do not exist: formats have more values than the calendar',
  },
  {
    complaint: 'RejectedPositiveData',
    codes: ['text-not-storable', 'name-not-storable', 'text-is-blank', 'nothing-to-look-for'],
    why: 'half a surrogate pair, names and numbers with nothing in them to look for; and Python thinks of some signs as ink that Unicode calls blank',
  },
  {
    complaint: 'RejectedPositiveData',
    codes: ['field-missing'],
    why: 'what another field or the role of the caller makes necessary (whose preferences, when it is not the customer who asks)',
  },
];
