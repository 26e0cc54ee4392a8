// npm start: makes a fresh clone ready and brings up the whole house. Needs nothing installed but Node.
import { prepare } from './preparing.mjs';

if (process.argv.includes('--help')) {
  console.log(`npm start      brings up PostgreSQL, six services, front door, issuer and mail sink; Ctrl-C ends them all

  RECOURSE_PORT        the front door's port (4000); the other ten follow it
  RECOURSE_HOME        where data, keys and logs are kept (.recourse)
  RECOURSE_TRANSPORT   postgres (the default) or kafka
  KAFKA_BROKERS        host:port, separated by commas (127.0.0.1:9092)
  DATABASE_URL         an administrator's address of a PostgreSQL server to use instead of the embedded one`);
  process.exit(0);
}

await prepare();
await import('../deploy/embedded/dist/start.js');
