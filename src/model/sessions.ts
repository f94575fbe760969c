/** Trained networks kept ready for decoding, a few at a time. */
import type {
  INetworkClient,
  INetworkSpec,
  ISession,
  Parameters
} from '../network/types';
import type { BackendName, IScaling } from '../signal/types';

/** What it takes to open a network again. */
export interface INetworkSource {
  readonly spec: INetworkSpec;
  readonly parameters: Parameters;
  readonly scaling: IScaling;
  readonly backend: BackendName | 'auto';
}

/** Decodes (n, latentDims) to targets in data units. */
export type Decode = ISession['decode'];

/** Sessions by model id; the one used longest ago is closed first. */
export class Sessions {
  constructor(client: INetworkClient, limit = 3) {
    this._client = client;
    this._limit = limit;
  }

  /** Make a network known; it is opened when first used. */
  add(id: string, source: INetworkSource): void {
    this._sources.set(id, source);
    this._lent.delete(id);
  }

  /** Let a network that still trains decode until it is made known. */
  lend(id: string, decode: Decode): void {
    this._lent.set(id, decode);
  }

  /** True where `decode` has a network. */
  has(id: string): boolean {
    return this._sources.has(id) || this._lent.has(id);
  }

  /** True while the network of a model trains. */
  trains(id: string): boolean {
    return this._lent.has(id) && !this._sources.has(id);
  }

  /** Decode by the network of a model, as far as it has come. */
  decode(id: string, latents: Float32Array, n: number): Promise<Float32Array> {
    const lent = this._lent.get(id);
    return lent && this.trains(id)
      ? lent(latents, n)
      : this.use(id, session => session.decode(latents, n));
  }

  /**
   * Use the session of a model, opened where needed; rejects for unknown ids.
   * After a failure the session is opened anew, its worker may be gone.
   */
  async use<T>(
    id: string,
    task: (session: ISession) => Promise<T>
  ): Promise<T> {
    try {
      return await task(await this._get(id));
    } catch (error) {
      this._close(id);
      throw error;
    }
  }

  /** Give back what an open session holds; it is opened again when used. */
  rest(id: string): void {
    this._close(id);
  }

  /** Forget a model. */
  remove(id: string): void {
    this._sources.delete(id);
    this._lent.delete(id);
    this._close(id);
  }

  dispose(): void {
    this._disposed = true;
    [...this._open.keys()].forEach(id => this._close(id));
    this._sources.clear();
    this._lent.clear();
  }

  private _get(id: string): Promise<ISession> {
    const source = this._sources.get(id);
    if (!source || this._disposed) {
      return Promise.reject(
        new Error('The network of this model is not open. Train it again.')
      );
    }
    const open =
      this._open.get(id) ??
      this._client.open(
        source.spec,
        source.parameters,
        source.scaling,
        source.backend
      );
    // Put back at the end: Maps keep the order of insertion.
    this._open.delete(id);
    this._open.set(id, open);
    for (const oldest of [...this._open.keys()].slice(0, -this._limit)) {
      this._close(oldest);
    }
    return open;
  }

  private _close(id: string): void {
    const open = this._open.get(id);
    this._open.delete(id);
    open?.then(
      session => session.dispose(),
      () => undefined
    );
  }

  private _client: INetworkClient;
  private _limit: number;
  private _sources = new Map<string, INetworkSource>();
  /** Networks that train, by model id. */
  private _lent = new Map<string, Decode>();
  private _open = new Map<string, Promise<ISession>>();
  private _disposed = false;
}
