// One of several processes that create the tables at once, when the parent says so.
import { openStore } from './open-store.mjs';

const { store, close } = await openStore(process.env.STORE_URL);

process.once('message', async () => {
  const error = await store.migrate().then(
    () => null,
    (reason) => String(reason),
  );
  await close();
  process.send({ error });
  process.disconnect();
});

process.send({ ready: true });
