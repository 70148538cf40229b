// Gets MySQL for the full run. It cannot be installed beside MariaDB, and stable Debian has none.
import { fetchPackages } from './fetch-packages.mjs';
import { fetchedMySql } from './find-mysql.mjs';

/** Tells whether it worked, and why not when it did not. */
export function fetchMySql() {
  const patterns = ['^mysql-server-core(-[0-9.]+)?$'];
  return fetchPackages(fetchedMySql, { suites: { debian: 'sid', ubuntu: null }, patterns });
}
