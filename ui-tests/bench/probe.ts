/** What the page notes about itself while a bench runs; everything here runs in the page. */

export type Phase = 'idle' | 'start' | 'epoch' | 'evaluation' | 'end';

/** A message of a worker: when it came and what it was. */
export interface INote {
  readonly at: number;
  readonly type: string;
  /** Steps done so far in the epoch, for progress. */
  readonly step?: number;
  readonly epoch?: number;
}

/** A binary frame of a socket. */
export interface IFrame {
  readonly at: number;
  readonly bytes: number;
  readonly sent: boolean;
  /** The kernel has taken the whole of a model. */
  readonly stored: boolean;
}

export interface IProbe {
  /** [start, length] of what kept timers waiting, ms, where longer than 8 ms. */
  readonly gaps: [number, number][];
  /** Times of animation frames, ms, while asked for. */
  readonly frames: number[];
  readonly notes: INote[];
  readonly sockets: IFrame[];
  /** Workers that were made and not yet ended. */
  workers: number;
  /** Starts or stops noting timers and frames. */
  watch(timers: boolean, frames: boolean): void;
  /** Resolves with the time at which a panel's navigator had been drawn. */
  firstPicture(known: number): Promise<number>;
  /** Changes of a panel's readout so far, one a frame at most. */
  readouts: number;
}

declare global {
  var probe: IProbe;
}

/** Puts the probe into a page before anything else runs there. */
export function installProbe(): void {
  let timers = false;
  let frames = false;
  const probe: IProbe = {
    gaps: [],
    frames: [],
    notes: [],
    sockets: [],
    workers: 0,
    readouts: 0,
    watch(newTimers, newFrames) {
      const begin = newTimers && !timers;
      const draw = newFrames && !frames;
      timers = newTimers;
      frames = newFrames;
      if (begin) {
        last = performance.now();
        setTimeout(tick, 4);
      }
      if (draw) {
        requestAnimationFrame(frame);
      }
    },
    firstPicture(known) {
      return new Promise(resolve => {
        const look = () => {
          const panels = [...document.querySelectorAll('[data-eelscape-id]')];
          const drawn = panels.filter(
            panel =>
              panel.getAttribute('data-eelscape-status') === 'ready' &&
              panel.querySelector(
                '[data-eelscape-view="navigator"] svg text, [data-eelscape-view="navigator"] svg path'
              )
          );
          if (drawn.length > known) {
            // The frame in which it was drawn is on screen with the next.
            requestAnimationFrame(() => resolve(performance.now()));
          } else {
            requestAnimationFrame(look);
          }
        };
        look();
      });
    }
  };
  self.probe = probe;

  let last = 0;
  const tick = () => {
    const now = performance.now();
    if (now - last > 8) {
      probe.gaps.push([last, now - last]);
    }
    last = now;
    if (timers) {
      // Clamped to 4 ms by the browser.
      setTimeout(tick, 4);
    }
  };
  const frame = (now: number) => {
    probe.frames.push(now);
    if (frames) {
      requestAnimationFrame(frame);
    }
  };

  const NativeWorker = window.Worker;
  window.Worker = class extends NativeWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      if (String(url).includes('eelscape')) {
        this._counted = true;
        probe.workers += 1;
        this.addEventListener('message', ({ data }) => {
          probe.notes.push({
            at: performance.now(),
            type: String(data?.type),
            step: data?.progress?.step,
            epoch: data?.progress?.epoch
          });
        });
      }
    }

    terminate(): void {
      super.terminate();
      if (this._counted) {
        this._counted = false;
        probe.workers -= 1;
      }
    }

    private _counted = false;
  };

  const SMALL = 4096;
  const NativeSocket = window.WebSocket;
  window.WebSocket = class extends NativeSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }) => {
        if (data instanceof ArrayBuffer) {
          probe.sockets.push({
            at: performance.now(),
            bytes: data.byteLength,
            sent: false,
            stored:
              data.byteLength < SMALL &&
              new TextDecoder().decode(data).includes('"stored"')
          });
        }
      });
    }

    send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
      if (typeof data !== 'string' && !(data instanceof Blob)) {
        probe.sockets.push({
          at: performance.now(),
          bytes: data.byteLength,
          sent: true,
          stored: false
        });
      }
      super.send(data as string);
    }
  };
}

/** Notes in the page how often the readout of its panel changes. */
export function countReadouts(): void {
  const root = [...document.querySelectorAll('[data-eelscape-id]')].at(-1);
  const readout = root?.querySelector('[data-eelscape-readout]');
  if (readout) {
    new MutationObserver(() => {
      self.probe.readouts += 1;
    }).observe(readout, {
      attributes: true,
      attributeFilter: ['data-row', 'data-column']
    });
  }
}
