import type { KafkaOptions } from '@recourse/relay';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { houseVariables, type Configuration, type Variable } from './configuring.js';

/** TLS was asked for and cannot be had: the message names the variable. Nothing starts in clear instead. */
export class TlsWrong extends Error {}

const fileOf = (configuration: Configuration, variable: Variable<string>): Buffer | undefined => {
  const path = configuration.of(variable);
  if (path === '') return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw new TlsWrong(`the file that ${variable.name} names cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
};

/** How the service listens: with its certificate, asking callers for theirs when it is said who signs them; undefined is plain HTTP. */
export const listeningTls = (configuration: Configuration): TlsOptions | undefined => {
  const [cert, key] = [fileOf(configuration, houseVariables.tlsCert), fileOf(configuration, houseVariables.tlsKey)];
  const ca = fileOf(configuration, houseVariables.tlsClientCa);
  if (!cert || !key) return undefined;
  const pair = { cert, key, minVersion: 'TLSv1.2' } as const;
  try {
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error('another key');
    createSecureContext({ ...pair, ...(ca && { ca }) });
  } catch {
    throw new TlsWrong('RECOURSE_TLS_CERT, RECOURSE_TLS_KEY and RECOURSE_TLS_CLIENT_CA must be PEM, and the key that of the certificate');
  }
  return { ...pair, ...(ca && { ca, requestCert: true, rejectUnauthorized: true }) };
};

/** How the brokers are reached: TLS when an authority is named or `KAFKA_TLS` says so, a certificate or a password of ours when there is one. */
export const kafkaSecurity = (configuration: Configuration): Pick<KafkaOptions, 'ssl' | 'sasl'> => {
  const of = <T>(variable: Variable<T>): T => configuration.of(variable);
  const [ca, cert, key] = [houseVariables.kafkaCa, houseVariables.kafkaCert, houseVariables.kafkaKey].map((one) =>
    fileOf(configuration, one),
  );
  const mechanism = of(houseVariables.kafkaSasl);
  return {
    ...((ca || cert || of(houseVariables.kafkaTls) === 'on') && { ssl: { ...(ca && { ca: [ca] }), ...(cert && key && { cert, key }) } }),
    ...(mechanism !== 'none' && {
      sasl: { mechanism, username: of(houseVariables.kafkaUsername), password: of(houseVariables.kafkaPassword) },
    }),
  };
};
