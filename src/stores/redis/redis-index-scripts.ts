import { script } from './redis-script.js';

// The index of a user is two keys in one slot. KEYS[1] is a sorted set of the names of entries, by the time when they end; a
// revoked one has the negative of it. KEYS[2] is a hash: for each entry the time when a key was added last, or the negative of
// the time when its record was written, and its keys. All times are in epoch milliseconds. Redis may evict one of the two keys
// alone, so an entry may be in one and not in the other.

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
local function hasKeys(entry)
  return redis.call('HEXISTS', KEYS[2], entry) == 1
end
local function reply(entries)
  local list = {}
  for _, entry in ipairs(entries) do
    local changedAt, keys = string.match(redis.call('HGET', KEYS[2], entry), '^(%S+) (.*)$')
    list[#list + 1] = entry
    list[#list + 1] = redis.call('ZSCORE', KEYS[1], entry)
    list[#list + 1] = tonumber(changedAt) + 60000 > now and 1 or 0
    list[#list + 1] = keys
  end
  return list
end
`;

/**
 * Adds a key to an entry, and removes a few entries that are over. The index lives as long as its last entry.
 *
 * ARGV: the time; how far clocks may be apart; the entry; its key; how long the entry is needed, since the clock of the app may
 * be wrong; the key that it has to hold, or ''.
 * Returns 1, or 0 for an entry that is revoked or does not hold that key.
 */
export const ADD_TO_INDEX = script(`${NOW}
local skew, entry, key, ends, from = tonumber(ARGV[2]), ARGV[3], ARGV[4], now + tonumber(ARGV[5]), ARGV[6]
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
if from == key then
  redis.call('HSET', KEYS[2], entry, string.format('-%.0f', now) .. ' ' .. keys)
  return 1
end
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
 * ARGV: the time; 1 to leave recent entries alone; entry and key, in turn.
 */
export const REMOVE_FROM_INDEX = script(`${NOW}
for at = 3, #ARGV, 2 do
  local entry = ARGV[at]
  local changedAt, keys = string.match(redis.call('HGET', KEYS[2], entry) or '', '^(%S+) (.*)$')
  if keys and not (ARGV[2] == '1' and math.abs(tonumber(changedAt)) + 60000 > now) then
    local left = {}
    for key in string.gmatch(keys, '%S+') do
      if key ~= ARGV[at + 1] then left[#left + 1] = key end
    end
    if #left > 0 then
      redis.call('HSET', KEYS[2], entry, changedAt .. ' ' .. table.concat(left, ' '))
    else
      redis.call('ZREM', KEYS[1], entry)
      redis.call('HDEL', KEYS[2], entry)
    end
  end
end
return 1
`);

/**
 * Returns a page of entries that are not revoked, those that end last first. It writes nothing, so a server that refuses writes
 * answers it.
 *
 * A page begins after the place where the one before ended, whatever has become of the entry there. Of entries that end at the
 * same time, Redis puts the one with the greater name first, by its bytes. Lua compares text by the language of the server.
 *
 * ARGV: the time; how many; the entry where the page before ended, or ''; when that one ended.
 */
export const LIST_INDEX = script(`${NOW}${REPLY}
local limit, last, ends = tonumber(ARGV[2]), ARGV[3], ARGV[4]
local function isBefore(a, b)
  for at = 1, math.min(#a, #b) do
    local one, other = string.byte(a, at), string.byte(b, at)
    if one ~= other then return one < other end
  end
  return #a < #b
end
local start = 0
if last ~= '' then
  start = redis.call('ZCOUNT', KEYS[1], '(' .. ends, '+inf')
  local stop = redis.call('ZCOUNT', KEYS[1], ends, '+inf')
  while start < stop do
    local middle = math.floor((start + stop) / 2)
    if isBefore(redis.call('ZREVRANGE', KEYS[1], middle, middle)[1], last) then
      stop = middle
    else
      start = middle + 1
    end
  end
end
local page, rank, isEnd = {}, start, false
repeat
  local entries = redis.call('ZREVRANGE', KEYS[1], rank, rank + limit - 1)
  for _, entry in ipairs(entries) do
    if tonumber(redis.call('ZSCORE', KEYS[1], entry)) < 0 then isEnd = true end
    if not isEnd and #page < limit and hasKeys(entry) then page[#page + 1] = entry end
  end
  rank = rank + #entries
until isEnd or #page == limit or #entries < limit
return reply(page)
`);

/**
 * Marks entries as revoked and returns them, those that were marked before first. Removes entries whose keys Redis has evicted.
 *
 * ARGV: the time; how many; 'only' or 'except'; names of entries.
 */
export const REVOKE_IN_INDEX = script(`${NOW}${REPLY}
local limit, mode = tonumber(ARGV[2]), ARGV[3]
local named, revoked, others, evicted = {}, {}, {}, {}
local function consider(entry)
  local score = tonumber(redis.call('ZSCORE', KEYS[1], entry) or 'nil')
  if not score then return end
  local list = not hasKeys(entry) and evicted or score < 0 and revoked or others
  list[#list + 1] = entry
end
if mode == 'only' then
  for at = 4, #ARGV do
    if not named[ARGV[at]] then consider(ARGV[at]) end
    named[ARGV[at]] = true
  end
else
  for at = 4, #ARGV do named[ARGV[at]] = true end
  local rank, isFull = 0, false
  repeat
    -- Revoked ones come first, since their scores are negative.
    local entries = redis.call('ZRANGE', KEYS[1], rank, rank + limit - 1)
    for _, entry in ipairs(entries) do
      isFull = #revoked + #others == limit
      if not isFull and not named[entry] then consider(entry) end
    end
    rank = rank + #entries
  until isFull or #entries == 0 or #entries < limit
end
local chosen = {}
for _, entry in ipairs(revoked) do
  if #chosen < limit then chosen[#chosen + 1] = entry end
end
for _, entry in ipairs(others) do
  if #chosen < limit then
    local score = tonumber(redis.call('ZSCORE', KEYS[1], entry))
    redis.call('ZADD', KEYS[1], string.format('%.0f', -score), entry)
    chosen[#chosen + 1] = entry
  end
end
for _, entry in ipairs(evicted) do redis.call('ZREM', KEYS[1], entry) end
return reply(chosen)
`);
