import { BatchMeans } from '../statistics/autocorrelation.ts';
import { clopperPearson } from '../statistics/binomial.ts';
import { type ShareTest, shareTest } from '../statistics/e-value.ts';
import { nextLook } from '../statistics/looks.ts';
import type { Evidence } from '../verdict.ts';
import { rules } from './rules.ts';
import { count, seconds } from './words.ts';

export type RatioEvidence = Extract<Evidence, { kind: 'ratio' }>;

export interface RatioOptions {
  /** Share of bad requests that the objective allows. */
  allowedShare: number;
  alphaPass: number;
  alphaFail: number;
  /** No pass before so much judged load. */
  minTimeMs: number;
  /** A documented duration is looked at once, when it is over. */
  onlyAtEnd: boolean;
  /** Whether requests influence each other through a queue, seen in a slowness that is given with each; else events are rare ones. */
  queueing: boolean;
}

/** Shorter batches than this say nothing that longer ones do not. */
const BATCH = 8;
/** How many times the load so far an estimate of what is still needed may reach. */
const FORESEEN = 1000;

/**
 * Tests whether the share of bad requests is below or above its limit, as they come, in index order. Flat memory; nothing is
 * computed between looks but sums. A decision, once made, stays, with the evidence it was made on.
 */
export class RatioTest {
  readonly #options: RatioOptions;
  readonly #test: ShareTest;
  readonly #passAt: number;
  readonly #failAt: number;
  readonly #watchMs: number;
  readonly #badMeans = new BatchMeans(BATCH);
  readonly #slowMeans = new BatchMeans(BATCH);
  #n = 0;
  #certainlyBad = 0;
  #nextLook = nextLook(0);
  #lastAt = 0;
  /** Bad requests with no other one shortly before. */
  #badGroups = 0;
  #lastBadAt = Number.NEGATIVE_INFINITY;
  #badSeconds = 0;
  #lastBadSecond = -1;
  /** The stretch of certainly bad requests that is going on, and whether there was one that made an outage. */
  #stretchFrom = Number.NaN;
  #stretchRequests = 0;
  #outageMs = 0;
  #decision: 'pass' | 'fail' | undefined;

  constructor(options: RatioOptions) {
    this.#options = options;
    this.#test = shareTest(options.allowedShare);
    this.#passAt = -Math.log(options.alphaPass);
    this.#failAt = -Math.log(options.alphaFail);
    this.#watchMs = rules.watchPerShareMs * options.allowedShare;
  }

  get decision(): 'pass' | 'fail' | undefined {
    return this.#decision;
  }

  get n(): number {
    return this.#n;
  }

  get bad(): number {
    return this.#badMeans.sum;
  }

  /**
   * One more request. `atMs`: its intended start since the first judged one. `certainly`: bad whatever our own client did.
   * `slowness`: any number that rises with its latency; equal for all bad ones.
   */
  take(atMs: number, bad: boolean, certainly: boolean, slowness: number): void {
    if (this.#decision !== undefined) return;
    this.#n += 1;
    this.#lastAt = atMs;
    this.#badMeans.add(bad ? 1 : 0);
    if (bad) {
      if (atMs - this.#lastBadAt > rules.groupGapMs) this.#badGroups += 1;
      this.#lastBadAt = atMs;
    }
    if (this.#options.queueing) this.#slowMeans.add(slowness);
    if (certainly) {
      this.#certainlyBad += 1;
      this.#stretch(atMs);
      const second = Math.floor(atMs / 1000);
      if (second !== this.#lastBadSecond) {
        this.#lastBadSecond = second;
        this.#badSeconds += 1;
      }
    } else this.#stretchRequests = 0;
    if (this.#n === this.#nextLook) {
      this.#nextLook = nextLook(this.#n);
      if (!this.#options.onlyAtEnd) this.#look();
    }
  }

  /** The last look, at the end of the data. */
  end(): void {
    if (this.#decision === undefined && this.#n > 0) this.#look();
  }

  /** Whether the evidence for a fail would still do if so many more requests had been good. */
  failsWith(moreGood: number): boolean {
    const { independent } = this.#dependence('fail');
    if (this.#outageMs > 0 && this.#certainlyBad > this.#options.allowedShare * (this.#n + moreGood)) return true;
    return this.#test.logEAbove(this.#certainlyBad / independent, (this.#n + moreGood) / independent) >= this.#failAt;
  }

  /**
   * Requests until a decision if bad ones go on coming as they did so far; undefined when the share is too near to the limit for
   * that to be foreseen.
   */
  requestsNeeded(): number | undefined {
    const { n, bad } = this;
    if (n === 0) return undefined;
    const { tau } = this.#dependence('pass');
    const failing = this.#dependence('fail').independent;
    const few = this.#tooFewForTau();
    const share = bad / n;
    for (let needed = n; needed < FORESEEN * n; needed *= 1.05) {
      const passing = few ? tau : tau * temperPass(tau, needed);
      if (
        needed >= rules.minEffective * passing &&
        this.#test.logEBelow((share * needed) / passing, needed / passing) >= this.#passAt
      )
        return needed;
      if (this.#test.logEAbove((share * needed) / failing, needed / failing) >= this.#failAt) return needed;
    }
    return undefined;
  }

  /** How far the nearer decision is, 0 to 1; 1 is decided. */
  progress(): number {
    if (this.#decision !== undefined) return 1;
    // Enough evidence before the minimum time is no decision yet.
    const time = Math.min(1, (this.#lastAt + 1) / (this.#options.minTimeMs * rules.minTimeShare + 1));
    const toPass = Math.min(time, this.#logEPass() / this.#passAt);
    const toFail = this.#logEFail() / this.#failAt;
    return Math.min(0.99, Math.max(0, toPass, toFail));
  }

  /** `12 of 3,400 bad` */
  state(): string {
    return `${count(this.bad)} of ${count(this.#n)} bad`;
  }

  evidence(caveats: readonly string[]): RatioEvidence {
    const { tau, independent } = this.#dependence(this.#decision ?? 'pass');
    const bad = this.bad;
    return {
      kind: 'ratio',
      judgedMs: this.#lastAt,
      guarantee: 'calibrated',
      caveats: [...caveats, ...this.#ownCaveats()],
      n: this.#n,
      bad,
      certainlyBad: this.#certainlyBad,
      allowedShare: this.#options.allowedShare,
      bounds: clopperPearson(bad / independent, this.#n / independent, rules.confidence),
      tau,
      temper: independent / tau,
      effective: this.#n / independent,
      logEPass: this.#logEPass(),
      logEFail: this.#logEFail(),
      passAt: this.#passAt,
      failAt: this.#failAt,
      alphaPass: this.#options.alphaPass,
      alphaFail: this.#options.alphaFail,
    };
  }

  #ownCaveats(): string[] {
    const caveats: string[] = [];
    if (this.#tooFewForTau()) {
      caveats.push(
        this.bad === 0
          ? 'No bad request was seen, so it is not known whether they would come in groups; they count as independent.'
          : `Bad requests: ${this.bad}, groups of them: ${this.#badGroups}; too few to tell how they come, so the groups count as independent.`,
      );
    }
    if (this.#decision === 'fail' && this.#isOut()) {
      caveats.push(
        `No request was good for ${(this.#outageMs / 1000).toFixed(1)} s on end; such an outage fails without an estimate of how often one comes.`,
      );
    }
    const third = this.#lastAt / 3000;
    caveats.push(
      `The share is over this load in this run; what happens less often than every ${seconds(third)} cannot be ruled out.`,
    );
    return caveats;
  }

  /** Failures without a queue behind them, too few to estimate how they cluster. */
  #tooFewForTau(): boolean {
    return !this.#options.queueing && this.bad < rules.tauFromBad;
  }

  /** τ, and how many requests make one independent one. */
  #dependence(towards: 'pass' | 'fail'): { tau: number; independent: number } {
    // Tempering makes up for the error of an estimated τ. Where none is estimated there is nothing to make up for.
    if (this.#tooFewForTau()) {
      const tau = this.bad / Math.max(1, this.#badGroups) || 1;
      return { tau, independent: tau };
    }
    const ofBad = this.bad >= rules.tauFromBad ? this.#badMeans.tau() : 1;
    // A fail rests on bad requests that were seen, and so is how they come in groups; a pass on those that were not.
    const seen = towards === 'fail' && this.bad >= rules.tauFromBad;
    const tau = this.#options.queueing && !seen ? Math.max(ofBad, this.#slowMeans.tau()) : ofBad;
    return { tau, independent: tau * (towards === 'fail' ? rules.temperFail : temperPass(tau, this.#n)) };
  }

  #logEPass(): number {
    const { independent } = this.#dependence('pass');
    return this.#test.logEBelow(this.bad / independent, this.#n / independent);
  }

  #logEFail(): number {
    const { independent } = this.#dependence('fail');
    return this.#test.logEAbove(this.#certainlyBad / independent, this.#n / independent);
  }

  #look(): void {
    if (this.#passes()) this.#decision = 'pass';
    else if (this.#fails()) this.#decision = 'fail';
  }

  #passes(): boolean {
    if (this.#lastAt < this.#options.minTimeMs * rules.minTimeShare) return false;
    return this.#enough('pass') && this.#logEPass() >= this.#passAt;
  }

  #fails(): boolean {
    if (this.#lastAt < Math.max(rules.failAfterMs, this.#watchMs) || this.#badSeconds < rules.failSeconds) return false;
    return this.#isOut() || (this.#enough('fail') && this.#logEFail() >= this.#failAt);
  }

  #isOut(): boolean {
    return this.#outageMs > 0 && this.#certainlyBad > this.#options.allowedShare * this.#n;
  }

  #stretch(atMs: number): void {
    if (this.#stretchRequests === 0) this.#stretchFrom = atMs;
    this.#stretchRequests += 1;
    const lasted = atMs - this.#stretchFrom;
    if (lasted >= Math.max(rules.outageMs, this.#watchMs) && this.#stretchRequests >= rules.outageRequests)
      this.#outageMs = Math.max(this.#outageMs, lasted);
  }

  #enough(towards: 'pass' | 'fail'): boolean {
    const { tau, independent } = this.#dependence(towards);
    return this.#n >= rules.requestsPerTau * tau && this.#n >= rules.minEffective * independent;
  }
}

/** The temper towards a pass; see `rules.temperPass`. */
export function temperPass(tau: number, n: number): number {
  return rules.temperPass.base + (rules.temperPass.perTau * tau) / n;
}
