import { startRecourse } from '@recourse/embedded/starting';

/**
 * The starter as a process of its own, so that all of it can be killed at once. It says where the house stands, and which processes there are
 * whenever it is asked.
 */
const [home = '', port = '', smtp = ''] = process.argv.slice(2);
const say = (what: object): void => void process.send?.(what);

try {
  const recourse = await startRecourse({ home, port: Number(port), environment: { SMTP_URL: smtp }, backoffMs: 200 });
  process.on('message', () => say({ pids: recourse.pids }));
  process.once('SIGTERM', () => void recourse.stop().then(() => process.exit()));
  say({ url: recourse.url, adminUrl: recourse.adminUrl, pids: recourse.pids });
} catch (error) {
  say({ failed: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
