import { people, tenants, type Person } from './identities.js';

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 44rem; margin: 8vh auto; padding: 0 1.25rem; }
  h1 { font-size: 1.5rem; } h2 { font-size: .8rem; letter-spacing: .08em; text-transform: uppercase; opacity: .65; margin: 2rem 0 .5rem; }
  form { display: grid; grid-template-columns: repeat(auto-fill, minmax(12.5rem, 1fr)); gap: .5rem; }
  button { font: inherit; text-align: left; padding: .6rem .8rem; border: 1px solid #8884; border-radius: .5rem; background: #8881; cursor: pointer; }
  button:hover, button:focus-visible { border-color: #2563eb; outline: 0; } small { display: block; opacity: .65; }
</style>
${body}
</html>`;

const button = ({ login, name, role, badge }: Person): string =>
  `<button name="login" value="${escaped(login)}">${escaped(name)}<small>${escaped(role)}${badge ? ` · badge ${escaped(badge)}` : ''}</small></button>`;

/** Everybody one can be, by platform. The only place where the names stand. */
export const signInPage = (): string =>
  page(
    'Recourse: sign in',
    `<h1>Who is at the desk?</h1>
<p>Demonstration identities: choose one, no password. Records carry a pseudonym, never the name.</p>
${tenants
  .map(
    (tenant) =>
      `<h2>${escaped(tenant)}</h2><form method="post">${people
        .filter((one) => one.tenant === tenant)
        .map(button)
        .join('')}</form>`,
  )
  .join('\n')}`,
  );

export const failurePage = (error: string, description = ''): string =>
  page('Recourse: sign-in failed', `<h1>Sign-in failed</h1><p><code>${escaped(error)}</code> ${escaped(description)}</p>`);
