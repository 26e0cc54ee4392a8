type Granted = { readonly services?: readonly string[]; readonly governor?: readonly string[] };

/** How a step of the keyring's migration ends: a function is for nobody until it is granted, to every service or to the governor. */
export const granting = ({ services = [], governor = [] }: Granted): string => `
  revoke all on all functions in schema keyring from public;
  do $$
  begin
    ${[...services.map((what) => grantTo('_user', what)), ...governor.map((what) => grantTo('_governor', what))].join('\n    ')}
  end $$;`;

/** Roles are called like the owner who migrates. */
const grantTo = (ending: string, what: string): string =>
  `execute format('grant ${what} to %I', regexp_replace(current_user, '_owner$', '${ending}'));`;
