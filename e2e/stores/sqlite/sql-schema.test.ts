import { sqliteFile } from '../shared-stores.kit.js';
import { testSchema } from '../sql-schema.kit.js';

testSchema(sqliteFile);
