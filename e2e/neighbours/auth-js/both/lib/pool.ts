import { Pool } from 'pg';

const shared = globalThis as { pool?: Pool };

shared.pool ??= new Pool({ connectionString: process.env.DATABASE_URL });

export const pool = shared.pool;
