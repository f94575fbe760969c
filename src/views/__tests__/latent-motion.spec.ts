import { scaleLinear } from 'd3-scale';
import type { ILatentFrame } from '../latent-frame';
import { Glide } from '../latent-glide';
import { LatentZoom } from '../latent-zoom';
import { sharesOf, stepPath } from '../marks/steps';
import { pickThumbnails } from '../marks/thumbnails';

const FRAME: ILatentFrame = {
  left: 0,
  top: 0,
  size: 10,
  tile: 10,
  side: 100,
  x: scaleLinear().domain([-2, 2]).range([0, 100]),
  y: scaleLinear().domain([0, 8]).range([100, 0])
};

describe('the zoom of the latent plot', () => {
  it('keeps the place that it zooms about', () => {
    const zoom = new LatentZoom();
    zoom.zoom(4, 0.25, 0.75);
    const { x, y } = zoom.apply(FRAME);
    expect(x(-1)).toBeCloseTo(25);
    expect(y(6)).toBeCloseTo(25);
    expect(x.domain()[1] - x.domain()[0]).toBeCloseTo(1);
  });

  it('stays within the whole and fits again', () => {
    const zoom = new LatentZoom();
    zoom.zoom(2);
    zoom.pan(10, -10);
    const { x, y } = zoom.apply(FRAME);
    expect(x.domain()).toEqual([-2, 0]);
    expect(y.domain()).toEqual([4, 8]);
    expect(zoom.fit()).toBe(true);
    expect(zoom.fit()).toBe(false);
    expect(zoom.apply(FRAME)).toBe(FRAME);
  });

  it('follows a point out of sight', () => {
    const zoom = new LatentZoom();
    zoom.zoom(4, 0, 0);
    expect(zoom.reveal(0.1, 0.1)).toBe(false);
    expect(zoom.reveal(0.9, 0.1)).toBe(true);
    const [low, high] = zoom.apply(FRAME).x.domain();
    expect(low).toBeLessThan(1.6);
    expect(high).toBeGreaterThan(1.6);
  });
});

describe('points that get other places', () => {
  const from = Float64Array.of(0, 0, 10, 10);
  const to = Float64Array.of(10, 0, 10, 30);

  it('glide there', () => {
    const glide = new Glide();
    glide.aim(from, true, 0);
    expect(glide.step(0)).toBe(false);
    glide.aim(to, true, 1000);
    expect(glide.step(1250)).toBe(true);
    expect(Array.from(glide.places!)).toEqual([5, 0, 10, 20]);
    expect(glide.step(1500)).toBe(false);
    expect(glide.places).toBe(to);
  });

  it('jump where nothing may move, or where they are others', () => {
    const glide = new Glide();
    glide.aim(from, true, 0);
    glide.aim(to, false, 0);
    expect(glide.step(1)).toBe(false);
    expect(glide.places).toBe(to);
    const more = Float64Array.of(1, 2);
    glide.aim(more, true, 0);
    expect(glide.places).toBe(more);
  });
});

it('pictures of windows do not cover one another', () => {
  const places = Float64Array.from({ length: 800 }, (_, i) => (i * 37.7) % 120);
  const square = { left: 0, top: 0, side: 100 };
  const taken = pickThumbnails(places, square, 20, 50);
  expect(taken.length).toBeGreaterThan(3);
  taken.forEach((a, i) => {
    const at = (point: number): [number, number] => [
      places[2 * point],
      places[2 * point + 1]
    ];
    expect(Math.max(...at(a))).toBeLessThanOrEqual(100);
    taken.slice(0, i).forEach(b => {
      const [dx, dy] = [0, 1].map(k => Math.abs(at(a)[k] - at(b)[k]));
      expect(Math.max(dx, dy)).toBeGreaterThanOrEqual(20);
    });
  });
  expect(pickThumbnails(places, square, 20, 2)).toHaveLength(2);
});

it('steps of a histogram', () => {
  const shares = sharesOf(Int32Array.of(1, 3));
  expect(Array.from(shares)).toEqual([0.25, 0.75]);
  expect(Array.from(sharesOf(Int32Array.of(0, 0)))).toEqual([0, 0]);
  expect(
    stepPath(
      shares,
      [0, 1, 2],
      x => 10 * x,
      y => 100 - y
    )
  ).toMatchInlineSnapshot(`"M0,100V75H10V25H20"`);
});
