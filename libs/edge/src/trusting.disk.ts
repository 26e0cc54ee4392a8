import { IssuersWrong, onlyIssuer, trustedIssuers, type TrustedIssuer } from '@recourse/identity';
import { readFileSync } from 'node:fs';
import { houseVariables, type Configuration } from './configuring.js';

/** Whose tokens are taken: the list that RECOURSE_ISSUERS names, or the one issuer of RECOURSE_ISSUER. */
export const issuersOf = (configuration: Configuration): readonly TrustedIssuer[] => {
  const path = configuration.of(houseVariables.issuers);
  if (path === '') {
    const jwksUrl = configuration.of(houseVariables.jwks);
    return [onlyIssuer({ issuer: configuration.of(houseVariables.issuer), ...(jwksUrl && { jwksUrl }) })];
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new IssuersWrong(`the file that RECOURSE_ISSUERS names cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  try {
    return trustedIssuers(text);
  } catch (error) {
    throw error instanceof IssuersWrong ? new IssuersWrong(`RECOURSE_ISSUERS cannot be taken. ${error.message}`) : error;
  }
};
