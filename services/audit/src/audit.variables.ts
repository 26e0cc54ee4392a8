import { numberVariable } from '@recourse/edge';

/** For how long what a subject asked for can be fetched after it was answered that it is given. */
export const subjectExportDays = numberVariable('RECOURSE_SUBJECT_EXPORT_DAYS', 1, 90, 14);
