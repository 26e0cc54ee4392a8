import { numberVariable } from '@recourse/edge';

/** How long backups of the keyring are kept: a destruction is effective when the last one that may hold the keys is gone. */
export const keyringBackupDays = numberVariable('RECOURSE_KEYRING_BACKUP_DAYS', 0, 365, 14);
