import {
  completenessOf,
  type ChannelDirectoryHistory,
  type ComplaintHistory,
  type ComplaintShown,
  type CompletenessShown,
  type DetailField,
  type SuggestedChannel,
} from '@recourse/contracts';
import { bestOf } from '../channel-directory/finding.js';

/** A complaint as it is answered, always with what is still missing and where it would be easier to go on. */
export const shown = (history: ComplaintHistory, directory: ChannelDirectoryHistory): ComplaintShown => {
  const completeness = completenessShown(history, directory);
  const { suggestedChannel } = completeness;
  return {
    ...history,
    ...(history.receipt && { caseId: history.matter, reference: history.receipt.reference }),
    completeness,
    ...(suggestedChannel && { suggestedChannel }),
  };
};

export const completenessShown = (history: ComplaintHistory, directory: ChannelDirectoryHistory): CompletenessShown => {
  const { narratives, complainants, subject, category, details, checks, channel, language } = history;
  const { suggestedChannel, ...rest } = completenessOf(
    {
      narrative: narratives.length > 0,
      complainant: subject !== undefined || complainants.length > 0,
      ...(category && { category }),
      details: Object.keys(details) as DetailField[],
      checks: checks.map(({ check }) => check),
      channel,
    },
    language,
  );
  return { ...rest, ...(suggestedChannel && { suggestedChannel: located(suggestedChannel, history, directory) }) };
};

/** With the number to call. Of the day the complaint was begun, so that the same past is always answered alike. */
const located = (
  suggested: SuggestedChannel,
  { drafted }: ComplaintHistory,
  directory: ChannelDirectoryHistory,
): CompletenessShown['suggestedChannel'] => {
  const entry = bestOf(directory, suggested.kind, drafted.at);
  if (!entry) return suggested;
  const { channel, address, hours, zone } = entry;
  return { ...suggested, channel, address, zone, ...(hours && { hours }) };
};
