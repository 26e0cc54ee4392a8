/** What an id in a path reaches, by name: the rules about objects that the table of routes prints. Whatever is not reached is 404, as if it were not there. */
export const reaches = {
  public: 'whoever knows the id or the reference',
  'own-tenant': 'what belongs to the platform that the token names',
  'own-subject': 'of the platform that the token names; a customer only what is about that customer',
  'own-account': 'of the platform that the token names; a customer only an account with a route of that customer',
  skilled: 'an agent only with the skill of the category, nobody with a conflict (403)',
  'skilled-to-open': 'sealed data only for an agent with the skill of the category, and for nobody with a conflict (403)',
  house: 'everything of this deployment, whatever platform the token names',
} as const satisfies Readonly<Record<string, string>>;

export type ReachName = keyof typeof reaches;
