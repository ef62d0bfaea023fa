import { exponential, type Random } from './random.ts';

/**
 * Whether each request is bad, in the order of their starts at a constant rate, so that `share` of them is in the long run; a new stream
 * on each call.
 */
type BadStream = (random: Random, perSecond: number, share: number) => () => boolean;

export interface BadProcess {
  name: string;
  stream: BadStream;
}

/** Spells of two kinds of exponential length that alternate; `dwellSeconds` says how long each lasts on average. */
function alternating(
  random: Random,
  perSecond: number,
  badShareOfTime: number,
  dwellSeconds: (bad: boolean) => number,
): () => boolean {
  const spell = (bad: boolean) => exponential(random, dwellSeconds(bad)) * perSecond;
  let bad = random() < badShareOfTime;
  let left = spell(bad);
  return () => {
    for (; left <= 0; left += spell(bad)) bad = !bad;
    left -= 1;
    return bad;
  };
}

/** A service that stops and goes: everything is bad for the given share of the time, in cycles of so many seconds on average. */
export function onOff(cycleSeconds: number): BadProcess {
  return {
    name: `on/off, cycle ${cycleSeconds} s`,
    stream: (random, perSecond, share) =>
      alternating(random, perSecond, share, (bad) => (bad ? share : 1 - share) * cycleSeconds),
  };
}

/** The same on the dot, from a random moment of the cycle. */
export function periodic(cycleSeconds: number): BadProcess {
  return {
    name: `periodic, cycle ${cycleSeconds} s`,
    stream: (random, perSecond, share) => {
      let at = random() * cycleSeconds;
      return () => {
        at = (at + 1 / perSecond) % cycleSeconds;
        return at < share * cycleSeconds;
      };
    },
  };
}

/** One replica of three is bad now and then, for so many seconds on average, and clients stick to replicas: a third is bad then. */
export function sticky(spellSeconds: number): BadProcess {
  return {
    name: `one bad replica of three, spells of ${spellSeconds} s`,
    stream: (random, perSecond, share) => {
      const ofTime = 3 * share;
      const isSpell = alternating(random, perSecond, ofTime, (bad) =>
        bad ? spellSeconds : (spellSeconds * (1 - ofTime)) / ofTime,
      );
      return () => isSpell() && random() < 1 / 3;
    },
  };
}

/** Bad only in the last ten seconds of each minute, a part of the requests there; from a random second of a minute. */
export const endOfMinute: BadProcess = {
  name: 'last 10 s of each minute',
  stream: (random, perSecond, share) => {
    let at = random() * 60;
    return () => {
      at = (at + 1 / perSecond) % 60;
      return at >= 50 && random() < 6 * share;
    };
  },
};

/** Minutes without a bad request and minutes with twice the share, of exponential length. */
export const regimes: BadProcess = {
  name: 'regimes of a minute',
  stream: (random, perSecond, share) => {
    const isBad = alternating(random, perSecond, 0.5, () => 60);
    return () => isBad() && random() < 2 * share;
  },
};

/** The share rises steadily from nothing to twice the given one within so many seconds, and stays there. */
export function rising(seconds: number): BadProcess {
  return {
    name: `share rises over ${seconds} s`,
    stream: (random, perSecond, share) => {
      let index = 0;
      return () => {
        const risen = Math.min(1, index / perSecond / seconds);
        index += 1;
        return random() < 2 * share * risen;
      };
    },
  };
}

/** Half of the bad requests come one by one, half in stalls in cycles of so many seconds. */
export function trickleAndStalls(cycleSeconds: number): BadProcess {
  return {
    name: `half one by one, half in ${cycleSeconds} s stalls`,
    stream: (random, perSecond, share) => {
      const stalled = onOff(cycleSeconds).stream(random, perSecond, share / 2);
      return () => stalled() || random() < share / 2;
    },
  };
}

/** Failures in groups of consecutive requests, of geometric length with such a mean. */
export function groups(mean: number): BadProcess {
  return {
    name: mean === 1 ? 'single failures' : `groups of ${mean}`,
    stream: (random, _perSecond, share) => {
      const begin = share / (mean * (1 - share) + share);
      let left = 0;
      return () => {
        if (left > 0) {
          left -= 1;
          return true;
        }
        if (random() >= begin) return false;
        left = mean === 1 ? 0 : Math.ceil(Math.log(random()) / Math.log(1 - 1 / mean)) - 1;
        return true;
      };
    },
  };
}
