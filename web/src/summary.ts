// The summary of a run: what weir --json writes (schema 1), as far as the page shows it. Times in s.

export interface Times {
    min: number | null;
    mean: number | null;
    stddev: number | null;
    mode: number | null;
    p50: number | null;
    p75: number | null;
    p90: number | null;
    p95: number | null;
    p99: number | null;
    p99_9: number | null;
    p99_99: number | null;
    max: number | null;
}

export interface CallSeries {
    /** Its number, in a run that is watched: of its times only those of the table are there then. */
    series?: number;
    name: string;
    tags: Record<string, string>;
    part: boolean;
    kind: string;
    count: number;
    rate: number | null;
    response_time_s?: Partial<Times>;
    service_time_s?: Partial<Times>;
    end_to_end_s?: Partial<Times>;
    since_sent_s?: Partial<Times>;
    bytes_sent?: number;
    bytes_received?: number;
    outcomes?: Record<string, number>;
    status?: Record<string, number>;
    errors?: Record<string, number>;
    possibly_stored?: number;
    reconnects?: number;
    sum?: number;
    value?: Times;
    sum_s?: number;
    value_s?: Times;
}

export interface Threshold {
    expr: string;
    value: number | null;
    passed: boolean;
    from_s?: number;
    to_s?: number;
    parts?: number;
    missed?: number;
    aborted_s?: number;
    why?: string;
}

export interface Audit {
    name: string;
    value: number | null;
    passed: boolean;
    text: string;
}

export interface IterationBook {
    planned: number;
    started: number;
    skipped: number;
    completed: number;
    script_error: number;
    interrupted: number;
    unaccounted: number;
}

export interface Check {
    name: string;
    series: string;
    tags: Record<string, string>;
    passed: number;
    failed: number;
}

export interface Replies {
    received: number;
    matched: number;
    late: number;
    duplicate: number;
    orphan: number;
    malformed: number;
}

export interface LateTimes {
    p50: number | null;
    p99: number | null;
    max: number | null;
}

export interface Summary {
    schema: number;
    run: { duration_s: number; model: string | null; started_at: string };
    verdict: {
        validity: "valid" | "degraded" | "invalid";
        reasons: string[];
        notes?: string[];
        thresholds: Threshold[];
        audits: Audit[];
        exit_code: number;
    };
    load: {
        asked_rate: number | null;
        achieved_rate: number | null;
        start_lateness_s: { p50: number | null; p99: number | null; max: number | null };
        wait_s: { p50: number | null; p99: number | null; max: number | null };
    };
    iterations: IterationBook & { script_errors: Record<string, number> };
    scenarios: { name: string; iterations: IterationBook }[];
    ledger: {
        started: number;
        ok: number;
        failed_check: number;
        error: number;
        timeout: number;
        abandoned: number;
        possibly_stored: number;
        replies: { late_time_s?: LateTimes } & Replies;
        awaited?: { seen: number; taken: number; unclaimed: number };
        records?: Record<string, number | null>;
        balanced: boolean;
    };
    total: CallSeries;
    series: CallSeries[];
    checks: Check[];
    generator: {
        cpu_s: number;
        rss_bytes: number;
        loop: string;
        loop_turn_s: { p99: number | null; max: number | null };
    };
}

export function failed(s: CallSeries): number {
    const o = s.outcomes ?? {};
    return (o.failed_check ?? 0) + (o.error ?? 0) + (o.timeout ?? 0) + (o.abandoned ?? 0);
}

export function isTimed(s: CallSeries): boolean {
    return s.kind === "calls" || s.kind === "records";
}

/** Of calls and of records that were read alike. */
export function responseOf(s: CallSeries): Partial<Times> | undefined {
    return s.response_time_s ?? s.end_to_end_s;
}

export function serviceOf(s: CallSeries): Partial<Times> | undefined {
    return s.service_time_s ?? s.since_sent_s;
}
