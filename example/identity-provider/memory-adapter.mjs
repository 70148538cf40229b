/**
 * Returns the adapter of a provider that keeps all it issues in memory, until the process ends: for each model,
 * what `oidc-provider` asks of it.
 */
export function memoryAdapter() {
  const models = new Map();
  return (name) => {
    const records = models.get(name) ?? new Map();
    models.set(name, records);

    const find = async (id) => {
      const record = records.get(id);
      return record && record.expiresAt > Date.now() ? record.payload : undefined;
    };
    const findBy = async (field, value) => {
      for (const [id, { payload }] of records) if (payload[field] === value) return find(id);
      return undefined;
    };
    return {
      find,
      findByUid: (uid) => findBy('uid', uid),
      findByUserCode: (code) => findBy('userCode', code),
      async upsert(id, payload, seconds = Number.POSITIVE_INFINITY) {
        records.set(id, { payload, expiresAt: Date.now() + seconds * 1000 });
      },
      async consume(id) {
        const payload = await find(id);
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        records.delete(id);
      },
      async revokeByGrantId(grantId) {
        for (const [id, { payload }] of records) if (payload.grantId === grantId) records.delete(id);
      },
    };
  };
}
