import { script } from './redis-script.js';

// The index of a user is two keys in one slot. KEYS[1] is a sorted set of the names of entries, by the time when they end; a
// revoked one has the negative of it. KEYS[2] is a hash: for each entry the time when a key was added last, and its keys. All
// times are in epoch milliseconds.

/** ARGV[1] is the time, or '' for the server's own. */
const NOW = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
`;

/** Returns entries as a flat list: name, end, whether a key was added within the last minute, keys. */
const REPLY = `
local function reply(entries)
  local list = {}
  for _, entry in ipairs(entries) do
    local value = redis.call('HGET', KEYS[2], entry) or '0'
    local changedAt = tonumber(string.match(value, '^%S+'))
    list[#list + 1] = entry
    list[#list + 1] = redis.call('ZSCORE', KEYS[1], entry)
    list[#list + 1] = changedAt + 60000 > now and 1 or 0
    list[#list + 1] = string.match(value, ' (.*)$') or ''
  end
  return list
end
`;

/**
 * Adds a key to an entry, and removes a few entries that are over. The index lives as long as its last entry.
 *
 * ARGV: the time; how far clocks may be apart; the entry; its key; when it ends; the key that it has to hold, or ''.
 * Returns 1, or 0 for an entry that is revoked or does not hold that key.
 */
export const ADD_TO_INDEX = script(`${NOW}
local skew, entry, key, ends, from = tonumber(ARGV[2]), ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
local past = string.format('%.0f', now - skew)
local over = redis.call('ZRANGEBYSCORE', KEYS[1], '-' .. past, past, 'LIMIT', 0, 100)
if #over > 0 then
  redis.call('ZREM', KEYS[1], unpack(over))
  redis.call('HDEL', KEYS[2], unpack(over))
end
local score = tonumber(redis.call('ZSCORE', KEYS[1], entry) or 'nil')
local value = redis.call('HGET', KEYS[2], entry) or ''
local keys = string.match(value, ' (.*)$') or ''
local function holds(wanted)
  return string.find(' ' .. keys .. ' ', ' ' .. wanted .. ' ', 1, true) ~= nil
end
if score and score < 0 then return 0 end
if from ~= '' and not (score and holds(from)) then return 0 end
if score and holds(key) and score >= ends then return 1 end
if not holds(key) then keys = keys == '' and key or keys .. ' ' .. key end
redis.call('ZADD', KEYS[1], string.format('%.0f', math.max(ends, score or 0)), entry)
redis.call('HSET', KEYS[2], entry, string.format('%.0f', now) .. ' ' .. keys)
local lifetime = string.format('%.0f', math.max(1, ends + skew - now))
if redis.call('PTTL', KEYS[1]) < tonumber(lifetime) then
  redis.call('PEXPIRE', KEYS[1], lifetime)
  redis.call('PEXPIRE', KEYS[2], lifetime)
end
return 1
`);

/**
 * Removes keys from entries, and entries that hold no more keys.
 *
 * ARGV: entry and key, in turn.
 */
export const REMOVE_FROM_INDEX = script(`
for at = 1, #ARGV, 2 do
  local entry = ARGV[at]
  local value = redis.call('HGET', KEYS[2], entry)
  if value then
    local left = {}
    for word in string.gmatch(value, '%S+') do
      if word ~= ARGV[at + 1] then left[#left + 1] = word end
    end
    if #left > 1 then
      redis.call('HSET', KEYS[2], entry, table.concat(left, ' '))
    else
      redis.call('ZREM', KEYS[1], entry)
      redis.call('HDEL', KEYS[2], entry)
    end
  end
end
return 1
`);

/**
 * Returns a page of entries that are not revoked, those that end last first.
 *
 * ARGV: the time; how many; the entry where the page before ended, or ''; when that one ends.
 */
export const LIST_INDEX = script(`${NOW}${REPLY}
local limit, last, ends = tonumber(ARGV[2]), ARGV[3], ARGV[4]
local start = 0
if last ~= '' then
  local rank = redis.call('ZREVRANK', KEYS[1], last)
  start = rank and rank + 1 or redis.call('ZCOUNT', KEYS[1], '(' .. ends, '+inf')
end
local entries = redis.call('ZREVRANGE', KEYS[1], start, start + limit - 1)
local page = {}
for _, entry in ipairs(entries) do
  if tonumber(redis.call('ZSCORE', KEYS[1], entry)) > 0 then page[#page + 1] = entry end
end
return reply(page)
`);

/**
 * Marks entries as revoked and returns them, those that were marked before first.
 *
 * ARGV: the time; how many; 'only' or 'except'; names of entries.
 */
export const REVOKE_IN_INDEX = script(`${NOW}${REPLY}
local limit, mode = tonumber(ARGV[2]), ARGV[3]
local named, chosen = {}, {}
for at = 4, #ARGV do named[ARGV[at]] = true end
local function choose(entries)
  for _, entry in ipairs(entries) do
    local score = tonumber(redis.call('ZSCORE', KEYS[1], entry) or 'nil')
    if score and #chosen < limit then
      if score > 0 then redis.call('ZADD', KEYS[1], string.format('%.0f', -score), entry) end
      chosen[#chosen + 1] = entry
    end
  end
end
if mode == 'only' then
  local entries = {}
  for at = 4, #ARGV do entries[#entries + 1] = ARGV[at] end
  choose(entries)
else
  local entries = {}
  for _, entry in ipairs(redis.call('ZRANGE', KEYS[1], 0, limit + #ARGV - 4)) do
    if not named[entry] then entries[#entries + 1] = entry end
  end
  choose(entries)
end
return reply(chosen)
`);
