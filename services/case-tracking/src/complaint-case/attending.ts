import { refuse } from '@recourse/decider';
import type { CaseDecision, Told } from './complaint-case.js';
import type { ComplaintCase, LiveCase } from './remembering.js';

type Decide<Command> = (command: Command, state: LiveCase) => CaseDecision;
type Attended<Command> = (command: Command, state: ComplaintCase) => CaseDecision;

/** Whatever stage it is in: what people tell us is heard after a case is closed, too. */
export const onAnyCase =
  <Command extends Told>(decide: Decide<Command>): Attended<Command> =>
  (command, state) =>
    state.stage === 'not-opened' ? refuse('case-is-not-open') : decide(command, state);

/** From opening to closing. */
export const onOpenCase = <Command extends Told>(decide: Decide<Command>): Attended<Command> =>
  onAnyCase((command: Command, state) => (state.stage === 'closed' ? refuse('case-is-not-open') : decide(command, state)));

/** An agent needs the skill of the category (none while there is no category), and nobody with a conflict touches the case. */
export const withSkill =
  <Command extends Told>(decide: Decide<Command>): Decide<Command> =>
  (command, state) => {
    const { by, skills = [] } = command;
    const needed = categoryOf(state);
    if (state.conflicts[by.actor]) return refuse('agent-has-a-conflict', { facts: { conflict: state.conflicts[by.actor]! } });
    if (by.role === 'agent' && needed !== undefined && !skills.includes(needed))
      return refuse('agent-lacks-skill', { facts: { skill: needed } });
    return decide(command, state);
  };

/** What is judged is judged by whoever holds the case; a supervisor may step in, and what nobody holds is free. */
export const byItsHolder = <Command extends Told>(decide: Decide<Command>): Decide<Command> =>
  withSkill((command: Command, state) =>
    command.by.role === 'agent' && state.holder !== undefined && state.holder !== command.by.actor
      ? refuse('case-belongs-to-another')
      : decide(command, state),
  );

/** The category we assessed; until then the one that was told. */
export const categoryOf = ({ assessment, facts }: LiveCase): string | undefined => assessment?.category ?? facts.category;
