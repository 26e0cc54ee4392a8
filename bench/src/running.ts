import { Missing, type Baseline, type Benchmark, type Course } from './planning.js';
import { weigh, type Figure, type Row } from './weighing.js';

/**
 * Measures round by round, ours and every baseline in turn, so that whatever else the machine does meanwhile meets all of them. The medians are
 * compared.
 */
export const run = async (benchmark: Benchmark, course: Course, say: (sentence: string) => void): Promise<Row[]> => {
  const { name, baselines } = benchmark;
  const rowsFor = (figures: readonly Figure[], compared: ReadonlyMap<Baseline, readonly Figure[]>, missing?: string): Row[] =>
    (baselines.length > 0 ? baselines : [undefined]).map((baseline) => {
      const reason = missing ?? baseline?.missing;
      const about = {
        name: baseline?.suffix ? `${name}.${baseline.suffix}` : name,
        what: benchmark.what,
        unit: benchmark.unit,
        against: baseline?.against ?? '',
        ...(baseline?.goal && { goal: baseline.goal }),
        ...(reason && { missing: reason }),
      };
      return weigh(about, figures, (baseline && compared.get(baseline)) ?? [], benchmark.better);
    });
  let undo: (() => Promise<void>) | undefined;
  try {
    undo = await benchmark.prepare?.(course, (sentence) => say(`${name}: ${sentence}`));
  } catch (error) {
    if (error instanceof Missing) return rowsFor([], new Map(), error.message);
    return rowsFor([], new Map(), `It could not be prepared: ${firstLine(error)}`).map((row) => ({ ...row, failed: true as const }));
  }
  try {
    const figures: Figure[] = [];
    const compared = new Map<Baseline, Figure[]>(baselines.map((baseline) => [baseline, []]));
    for (let round = 1; round <= course.rounds; round++) {
      say(`${name}: round ${round} of ${course.rounds}, ours`);
      figures.push(await benchmark.measure(course));
      for (const [baseline, measured] of compared) {
        if (baseline.missing || !baseline.measure) continue;
        say(`${name}: round ${round} of ${course.rounds}, ${baseline.against}`);
        measured.push(await baseline.measure(course));
      }
    }
    return rowsFor(figures, compared);
  } catch (error) {
    return rowsFor([], new Map(), `It failed: ${firstLine(error)}`).map((row) => ({ ...row, failed: true as const }));
  } finally {
    await undo?.();
  }
};

/** The others are worth having when one of them fails; that it did ends the run with an exit code. */
const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
