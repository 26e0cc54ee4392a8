import { v5 } from 'uuid';

/** Made once, for this purpose alone. */
const namespace = '6f0b7f0e-2f3a-5a8e-9f9d-3d1c52b1a6c4';

export type Named = {
  readonly tenant: string;
  readonly heard: string;
  readonly recipient: string;
  readonly way: string;
  readonly template: string;
};

/**
 * The id of a notice: the same message, for the same person, by the same wanted way, in the same words is the same notice, however
 * often it is heard. The way is the one wanted, not the one taken: a route registered between two hearings of one message must not make
 * two notices.
 */
export const noticeId = ({ tenant, heard, recipient, way, template }: Named): string =>
  v5([tenant, heard, recipient, way, template].join('\n'), namespace);

/** Under this id the mail travels at every try, so that a mail server and a reader can see that two are one. */
export const mailId = (notice: string, domain: string): string => `<notice-${notice}@${domain}>`;
