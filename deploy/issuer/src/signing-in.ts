import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { personFor } from './identities.js';
import { failurePage, signInPage } from './signing-in.pages.js';

const longestForm = 4096;

const chosen = async (request: IncomingMessage): Promise<string> => {
  let form = '';
  for await (const part of request) {
    form += String(part);
    if (form.length > longestForm) return '';
  }
  return new URLSearchParams(form).get('login') ?? '';
};

const show = (response: ServerResponse, status: number, html: string): void => {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(html);
};

/** One sign-in: the page with everybody on it, or at once when the client named somebody (`login_hint`). */
export const signIn = async (provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  try {
    const { params, prompt } = await provider.interactionDetails(request, response);
    const hint = params['login_hint'];
    if (request.method === 'GET' && !hint) return show(response, 200, signInPage());
    const person = personFor(request.method === 'POST' ? await chosen(request) : (hint ?? ''));
    const refuse = (error: string, error_description: string) =>
      provider.interactionFinished(request, response, { error, error_description });
    if (!person) return await refuse('access_denied', 'There is no such demonstration identity.');
    // An acr that cannot be reached must be refused here, or the client is sent round for ever.
    const { acr } = prompt.details;
    if (acr?.essential && ![acr.value, ...(acr.values ?? [])].includes(person.acr))
      return await refuse('unmet_authentication_requirements', `${person.login} cannot sign in with that assurance.`);
    await provider.interactionFinished(
      request,
      response,
      { login: { accountId: person.sub, acr: person.acr, amr: ['demonstration'], remember: true } },
      { mergeWithLastSubmission: false },
    );
  } catch (error) {
    const { statusCode, error: code } = error as { statusCode?: number; error?: string };
    if (!response.headersSent) show(response, statusCode ?? 500, failurePage(code ?? 'server_error', 'Start again from where you came.'));
  }
};
