import { numberVariable, textVariable, urlVariable } from '@recourse/edge';

/** The keyring, as the login that may govern keys. */
export const keyringUrl = urlVariable('KEYRING_URL', ['postgres:', 'postgresql:']);
export const kekFile = textVariable('RECOURSE_KEK_FILE', 'the path of the file with the key that wraps the keys');
/** In no other service's configuration: what is restricted opens for nobody else. Without it nothing can be restricted. */
export const restrictedKekFile = textVariable(
  'RECOURSE_RESTRICTED_KEK_FILE',
  'the path of the file with the key that wraps restricted keys',
  '',
);
/** How long backups of the keyring are kept: a destruction is effective when the last one that may hold the keys is gone. */
export const keyringBackupDays = numberVariable('RECOURSE_KEYRING_BACKUP_DAYS', 0, 365, 14);
