/**
 * What a painter does to pixels, in AssemblyScript: four pixels of four bytes to a vector. `npm run simd` compiles it.
 *
 * Addresses are bytes of the one memory, and so is `stride`, from a row to the next; `width` and `height` are pixels. Whoever
 * calls has made sure that an area is inside, and that sixteen bytes behind what is read belong to the memory.
 */

/** Fills an area that has a pixel. */
export function fill(to: usize, stride: usize, width: i32, height: i32, pixel: i32): void {
  const end = to + stride * height;
  if (width >= 4) {
    const four = i32x4.splat(pixel);
    const last: usize = 4 * width - 16;
    for (; to !== end; to += stride) {
      for (let i: usize = 0; i < last; i += 16) v128.store(to + i, four);
      v128.store(to + last, four); // over some of those before, if the width is no multiple of four
    }
  } else {
    // One, two or three stores, and no branch to guess.
    const second: usize = width > 1 ? 4 : 0;
    const last: usize = 4 * width - 4;
    for (; to !== end; to += stride) {
      store<i32>(to, pixel);
      store<i32>(to + second, pixel);
      store<i32>(to + last, pixel);
    }
  }
}

/**
 * Fills parts of an area, each a pixel of two or four bytes, as of `words` or `bytes`, its place and its size, which take `place` bytes
 * together: four, or eight of which the high ones come first; or two, of whose halves the last two are sizes less 1.
 *
 * @param paintable pixels
 * @returns how many of them are left; or, below 0, minus the address of a part that is outside, or larger than that
 */
export function parts(
  to: usize,
  stride: usize,
  width: i32,
  height: i32,
  from: usize,
  end: usize,
  size: i32,
  place: i32,
  isBigEndian: i32,
  red: i32,
  green: i32,
  blue: i32,
  paintable: f64,
): f64 {
  const step: usize = size + place;
  while (from < end) {
    let stop = end;
    if (step === 4 && from + 16 <= end && paintable >= 4) {
      stop = from + 16;
      if (dots(to, stride, width, height, from, isBigEndian, red, green, blue)) {
        from = stop;
        paintable -= 4;
        continue;
      }
    }
    for (; from < stop; from += step) {
      const at = from + size;
      let left = <i32>load<u8>(at);
      let top = <i32>load<u8>(at, 1);
      let columns: i32;
      let rows: i32;
      if (place === 2) {
        columns = (top >> 4) + 1;
        rows = (top & 15) + 1;
        top = left & 15;
        left >>= 4;
      } else if (place === 4) {
        columns = <i32>load<u8>(at, 2);
        rows = <i32>load<u8>(at, 3);
      } else {
        left = wordAt(at, 1);
        top = wordAt(at + 2, 1);
        columns = wordAt(at + 4, 1);
        rows = wordAt(at + 6, 1);
      }
      if (left + columns > width || top + rows > height) return -<f64>from;
      const area = columns * rows;
      paintable -= <f64>area;
      if (paintable < 0) return -<f64>from;
      if (area === 0) continue;
      const pixel = pixelAt(from, size, isBigEndian, red, green, blue);
      let first = to + top * stride + 4 * left;
      if (columns > 1) fill(first, stride, columns, rows, pixel);
      else for (; rows > 0; rows--, first += stride) store<i32>(first, pixel);
    }
  }
  return paintable;
}

/**
 * Draws four parts of two bytes of pixel and two of place and size each, if they are a pixel each, and inside: noise, as pictures
 * of two bytes a pixel are full of.
 */
@inline
function dots(
  to: usize,
  stride: usize,
  width: i32,
  height: i32,
  from: usize,
  isBigEndian: i32,
  red: i32,
  green: i32,
  blue: i32,
): bool {
  let four = v128.load(from);
  const left = v128.and(i32x4.shr_u(four, 20), i32x4.splat(15));
  const top = v128.and(i32x4.shr_u(four, 16), i32x4.splat(15));
  const isOutside = v128.or(i32x4.ge_s(left, i32x4.splat(width)), i32x4.ge_s(top, i32x4.splat(height)));
  if (v128.any_true(v128.or(i32x4.shr_u(four, 24), isOutside))) return false;
  if (isBigEndian !== 0) four = i8x16.shuffle(four, four, 1, 0, 2, 3, 5, 4, 6, 7, 9, 8, 10, 11, 13, 12, 14, 15);
  four = v128.and(four, i32x4.splat(0xffff));
  const rg = v128.or(sharesOf(four, red), i32x4.shl(sharesOf(four, green), 8));
  const pixels = v128.or(rg, v128.or(i32x4.shl(sharesOf(four, blue), 16), i32x4.splat(0xff000000)));
  const places = i32x4.add(i32x4.mul(top, i32x4.splat(<i32>stride)), i32x4.shl(left, 2));
  v128.store_lane<i32>(to + i32x4.extract_lane(places, 0), pixels, 0);
  v128.store_lane<i32>(to + i32x4.extract_lane(places, 1), pixels, 1);
  v128.store_lane<i32>(to + i32x4.extract_lane(places, 2), pixels, 2);
  v128.store_lane<i32>(to + i32x4.extract_lane(places, 3), pixels, 3);
  return true;
}

/** What `shareOf` is for four pixels. */
@inline
function sharesOf(four: v128, channel: i32): v128 {
  const value = v128.and(i32x4.shr_u(four, channel & 15), i32x4.splat((channel >> 4) & 63));
  const scaled = i32x4.mul(value, i32x4.splat(channel >> 16));
  return i32x4.shr_u(i32x4.add(scaled, i32x4.splat((channel >> 10) & 63)), 6);
}

@inline
function pixelAt(at: usize, size: i32, isBigEndian: i32, red: i32, green: i32, blue: i32): i32 {
  let pixel: i32;
  if (size === 2) {
    const word = wordAt(at, isBigEndian);
    pixel = shareOf(word, red) | (shareOf(word, green) << 8) | (shareOf(word, blue) << 16);
  } else pixel = <i32>load<u8>(at + red) | (<i32>load<u8>(at + green) << 8) | (<i32>load<u8>(at + blue) << 16);
  return pixel | 0xff000000;
}

@inline
function wordAt(at: usize, isBigEndian: i32): i32 {
  const word = load<u16>(at);
  return isBigEndian !== 0 ? bswap<u16>(word) : word;
}

/** A channel of one pixel. */
@inline
function shareOf(word: i32, channel: i32): i32 {
  return (((word >> (channel & 15)) & ((channel >> 4) & 63)) * (channel >> 16) + ((channel >> 10) & 63)) >> 6;
}

/**
 * Draws Hextile's tiles, as codec/encodings/hextile.ts has them: up to one that goes on behind `end`, or that has a mask that is none or
 * a part that leaves it.
 *
 * @param state where it goes on, and is to go on next time, five numbers: the address of the next tile, its place in the area, the
 *   background and the foreground. Behind 32 bytes there are sixteen times sixteen bits, all 0 before and after
 * @returns whether the last tile was drawn
 */
export function tiles(
  to: usize,
  stride: usize,
  width: i32,
  height: i32,
  state: usize,
  end: usize,
  size: i32,
  isBigEndian: i32,
  red: i32,
  green: i32,
  blue: i32,
): bool {
  let from = load<usize>(state);
  let left = load<i32>(state, 4);
  let background = load<i32>(state, 12);
  let foreground = load<i32>(state, 16);
  for (let top = load<i32>(state, 8); top < height; top += 16) {
    const rows = min(16, height - top);
    for (; left < width; left += 16) {
      store<usize>(state, from);
      store<i32>(state, left, 4);
      store<i32>(state, top, 8);
      store<i32>(state, background, 12);
      store<i32>(state, foreground, 16);
      const columns = min(16, width - left);
      const tile = to + top * stride + 4 * left;
      if (from >= end) return false;
      const mask = <i32>load<u8>(from++);
      if (mask > 31) return false;
      if ((mask & 1) !== 0) {
        const length = columns * rows * size;
        if (from + length > end) return false;
        if (size === 2) words(tile, stride, columns, rows, from, isBigEndian, red, green, blue);
        else bytes(tile, stride, columns, rows, from, size, red, green, blue);
        from += length;
        continue;
      }
      // A head may go on behind the end, by nine bytes at most: that is found below.
      if ((mask & 2) !== 0) {
        background = pixelAt(from, size, isBigEndian, red, green, blue);
        from += size;
      }
      if ((mask & 4) !== 0) {
        foreground = pixelAt(from, size, isBigEndian, red, green, blue);
        from += size;
      }
      const count = (mask & 8) !== 0 ? <i32>load<u8>(from++) : 0;
      const step = (mask & 16) !== 0 ? size + 2 : 2;
      let stop = from + count * step;
      if (stop > end) return false;
      if (count === 0) {
        // Tiles with a mask of 0 have the background of the one before: most often there are many.
        let next = left + 16;
        for (; next < width && stop < end && load<u8>(stop) === 0; stop++) next += 16;
        fill(tile, stride, min(next, width) - left, rows, background);
        left = next - 16;
      } else if (step === 2 && columns === 16) {
        const isInside = setLines(state + 32, rows, from, stop);
        drawLines(tile, stride, rows, state + 32, background, foreground);
        if (!isInside) return false;
      } else {
        fill(tile, stride, columns, rows, background);
        if (step > 2) {
          if (parts(tile, stride, columns, rows, from, stop, size, 2, isBigEndian, red, green, blue, Infinity) < 0) return false;
          foreground = pixelAt(stop - step, size, isBigEndian, red, green, blue);
        } else {
          for (let at = from; at < stop; at += 2) {
            const place = <i32>load<u8>(at);
            const extents = <i32>load<u8>(at, 1);
            const partColumns = (extents >> 4) + 1;
            const partRows = (extents & 15) + 1;
            if ((place >> 4) + partColumns > columns || (place & 15) + partRows > rows) return false;
            fill(tile + (place & 15) * stride + ((place >> 2) & 60), stride, partColumns, partRows, foreground);
          }
        }
      }
      from = stop;
    }
    left = 0;
  }
  store<usize>(state, from);
  return true;
}

/** Sets the bits of a tile's parts, up to one that leaves it. */
@inline
function setLines(bits: usize, rows: i32, from: usize, end: usize): bool {
  for (; from < end; from += 2) {
    const place = <i32>load<u8>(from);
    const extents = <i32>load<u8>(from, 1);
    const line = ((2 << (extents >> 4)) - 1) << (place >> 4);
    const row = place & 15;
    const partRows = (extents & 15) + 1;
    if (line > 0xffff || row + partRows > rows) return false;
    let at = bits + 2 * row;
    for (const stop = at + 2 * partRows; at < stop; at += 2) store<u16>(at, <u16>(load<u16>(at) | line));
  }
  return true;
}

/** Draws rows of sixteen pixels from sixteen bits each, the leftmost one lowest, and clears these. */
function drawLines(to: usize, stride: usize, height: i32, from: usize, zero: i32, one: i32): void {
  const zeros = i32x4.splat(zero);
  const ones = i32x4.splat(one);
  const first = i32x4(1, 2, 4, 8);
  const second = i32x4(16, 32, 64, 128);
  const third = i32x4(256, 512, 1024, 2048);
  const fourth = i32x4(4096, 8192, 16384, 32768);
  for (; height > 0; height--, to += stride, from += 2) {
    const line = i32x4.splat(load<u16>(from));
    store<u16>(from, 0);
    v128.store(to, v128.bitselect(ones, zeros, i32x4.eq(v128.and(line, first), first)));
    v128.store(to, v128.bitselect(ones, zeros, i32x4.eq(v128.and(line, second), second)), 16);
    v128.store(to, v128.bitselect(ones, zeros, i32x4.eq(v128.and(line, third), third)), 32);
    v128.store(to, v128.bitselect(ones, zeros, i32x4.eq(v128.and(line, fourth), fourth)), 48);
  }
}

/** Moves an area; the two may overlap. `length` is bytes of a row. */
export function copy(to: usize, stride: usize, length: usize, height: i32, from: usize): void {
  let step = stride;
  if (to > from) {
    // The last row first. Within a row the instruction sees to it.
    const rest = stride * (height - 1);
    to += rest;
    from += rest;
    step = -stride;
  }
  for (; height > 0; height--, to += step, from += step) memory.copy(to, from, length);
}

/** Draws a bit a pixel, the leftmost one highest; rows begin on bytes. */
export function bits(
  to: usize,
  stride: usize,
  width: i32,
  height: i32,
  from: usize,
  zero: i32,
  one: i32,
): void {
  const zeros = i32x4.splat(zero);
  const ones = i32x4.splat(one);
  const upper = i32x4(128, 64, 32, 16);
  const lower = i32x4(8, 4, 2, 1);
  for (; height > 0; height--, to += stride) {
    let at = to;
    let left = width;
    for (; left >= 8; left -= 8, at += 32, from++) {
      const byte = i32x4.splat(load<u8>(from));
      v128.store(at, v128.bitselect(ones, zeros, i32x4.eq(v128.and(byte, upper), upper)));
      v128.store(at, v128.bitselect(ones, zeros, i32x4.eq(v128.and(byte, lower), lower)), 16);
    }
    if (left === 0) continue;
    for (let byte = <i32>load<u8>(from++); left > 0; left--, at += 4, byte <<= 1) {
      store<i32>(at, (byte & 128) !== 0 ? one : zero);
    }
  }
}

/**
 * Draws indices of 2, 4 or 8 bits, the leftmost one highest; rows begin on bytes. The palette has room for 16 colours at least.
 *
 * @returns the address of a byte with an index that is not below `colours`, or -1
 */
export function indices(
  to: usize,
  stride: usize,
  width: i32,
  height: i32,
  from: usize,
  size: i32,
  palette: usize,
  colours: i32,
): i32 {
  // Bytes 0, 1, 2 and 3 of sixteen colours, each a table that one instruction looks up sixteen indices in.
  const rg01 = i8x16.shuffle(v128.load(palette), v128.load(palette, 16), 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
  const ba01 = i8x16.shuffle(v128.load(palette), v128.load(palette, 16), 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
  const rg23 = i8x16.shuffle(v128.load(palette, 32), v128.load(palette, 48), 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
  const ba23 = i8x16.shuffle(v128.load(palette, 32), v128.load(palette, 48), 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
  const reds = i64x2.shuffle(rg01, rg23, 0, 2);
  const greens = i64x2.shuffle(rg01, rg23, 1, 3);
  const blues = i64x2.shuffle(ba01, ba23, 0, 2);
  const alphas = i64x2.shuffle(ba01, ba23, 1, 3);
  const most = i8x16.splat(<i8>(colours - 1));
  const isSmall = colours <= 16;
  const mask = (1 << size) - 1;
  for (; height > 0; height--, to += stride) {
    let at = to;
    let left = width;
    if (isSmall) {
      for (; left >= 16; left -= 16, at += 64) {
        let sixteen: v128;
        if (size === 8) sixteen = v128.load(from);
        else if (size === 4) sixteen = spread(v128.load64_zero(from), 4, 15);
        else sixteen = spread(spread(v128.load32_zero(from), 4, 15), 2, 3);
        if (v128.any_true(i8x16.gt_u(sixteen, most))) break;
        from += 2 * size;
        const red = i8x16.swizzle(reds, sixteen);
        const green = i8x16.swizzle(greens, sixteen);
        const blue = i8x16.swizzle(blues, sixteen);
        const alpha = i8x16.swizzle(alphas, sixteen);
        const rg = i8x16.shuffle(red, green, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const rgHigh = i8x16.shuffle(red, green, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        const ba = i8x16.shuffle(blue, alpha, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const baHigh = i8x16.shuffle(blue, alpha, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        v128.store(at, i16x8.shuffle(rg, ba, 0, 8, 1, 9, 2, 10, 3, 11));
        v128.store(at, i16x8.shuffle(rg, ba, 4, 12, 5, 13, 6, 14, 7, 15), 16);
        v128.store(at, i16x8.shuffle(rgHigh, baHigh, 0, 8, 1, 9, 2, 10, 3, 11), 32);
        v128.store(at, i16x8.shuffle(rgHigh, baHigh, 4, 12, 5, 13, 6, 14, 7, 15), 48);
      }
    }
    if (size === 8) {
      for (; left >= 16; left -= 16, from += 16, at += 64) {
        if (v128.any_true(i8x16.gt_u(v128.load(from), most))) break;
        for (let i: usize = 0; i < 16; i += 4) {
          const four = load<u32>(from + i);
          const toFour = at + 4 * i;
          store<i32>(toFour, load<i32>(palette + ((four & 255) << 2)));
          store<i32>(toFour, load<i32>(palette + ((four >> 6) & 1020)), 4);
          store<i32>(toFour, load<i32>(palette + ((four >> 14) & 1020)), 8);
          store<i32>(toFour, load<i32>(palette + ((four >> 22) & 1020)), 12);
        }
      }
      for (; left > 0; left--, from++, at += 4) {
        const index = <i32>load<u8>(from);
        if (index >= colours) return <i32>from;
        store<i32>(at, load<i32>(palette + (<usize>index << 2)));
      }
      continue;
    }
    for (; left > 0; from++) {
      const byte = <i32>load<u8>(from);
      for (let shift = 8 - size; shift >= 0 && left > 0; shift -= size, left--, at += 4) {
        const index = (byte >> shift) & mask;
        if (index >= colours) return <i32>from;
        store<i32>(at, load<i32>(palette + (<usize>index << 2)));
      }
    }
  }
  return -1;
}

/** Each byte's upper and lower half as bytes of their own, of the eight lowest bytes. */
@inline
function spread(bytes: v128, size: i32, mask: i8): v128 {
  const all = i8x16.splat(mask);
  const upper = v128.and(i8x16.shr_u(bytes, size), all);
  const lower = v128.and(bytes, all);
  return i8x16.shuffle(upper, lower, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/**
 * Draws runs of palette indices: an index, or an index and 128, and a length, which is 1 and all bytes up to the first that is not
 * 255. They are first put together in `tile`, which has room for the area's pixels and 32 bytes, so that no end of a row and no
 * pixel behind a run matters.
 *
 * @returns the address behind the last run; or -1, and nothing is drawn: an index that is not below `colours`, a run that leaves the
 *   area, or bytes that go on behind `end`
 */
export function runs(
  to: usize,
  stride: usize,
  width: i32,
  height: i32,
  from: usize,
  end: usize,
  palette: usize,
  colours: i32,
  tile: usize,
): i32 {
  const row: usize = 4 * width;
  const tileEnd = tile + row * height;
  for (let at = tile; at < tileEnd; ) {
    if (from >= end) return -1;
    const byte = <i32>load<u8>(from++);
    const index = byte & 127;
    if (index >= colours) return -1;
    const pixel = load<i32>(palette + (<usize>index << 2));
    if (byte === index) {
      store<i32>(at, pixel);
      at += 4;
      continue;
    }
    let length: usize = 1;
    let more: i32;
    do {
      if (from >= end) return -1;
      more = load<u8>(from++);
      length += more;
    } while (more === 255);
    const runEnd = at + 4 * length;
    if (runEnd > tileEnd) return -1;
    const four = i32x4.splat(pixel);
    v128.store(at, four);
    v128.store(at, four, 16);
    for (at += 32; at < runEnd; at += 16) v128.store(at, four);
    at = runEnd;
  }
  const last = row - 16;
  for (let at = tile; at < tileEnd; at += row, to += stride) {
    if (width < 4) {
      for (let i: usize = 0; i < row; i += 4) store<i32>(to + i, load<i32>(at + i));
      continue;
    }
    for (let i: usize = 0; i < last; i += 16) v128.store(to + i, v128.load(at + i));
    v128.store(to + last, v128.load(at + last)); // over some of those before, if the width is no multiple of four
  }
  return <i32>from;
}

/** Draws pixels of `size` bytes, 3 or 4, of which three are R, G and B, at these places. */
export function bytes(
  to: usize,
  stride: usize,
  width: i32,
  height: i32,
  from: usize,
  size: i32,
  red: i32,
  green: i32,
  blue: i32,
): void {
  const opaque = i32x4.splat(0xff000000);
  const first = red | (green << 8) | (blue << 16) | 0x80000000; // no such byte: 0
  const step = size | (size << 8) | (size << 16);
  let order = i32x4.splat(first);
  order = i32x4.replace_lane(order, 1, first + step);
  order = i32x4.replace_lane(order, 2, first + 2 * step);
  order = i32x4.replace_lane(order, 3, first + 3 * step);
  for (; height > 0; height--, to += stride) {
    let at = to;
    let left = width;
    for (; left >= 4; left -= 4, from += 4 * size, at += 16) {
      v128.store(at, v128.or(i8x16.swizzle(v128.load(from), order), opaque));
    }
    if (left === 0) continue;
    storeSome(at, v128.or(i8x16.swizzle(v128.load(from), order), opaque), left);
    from += left * size;
  }
}

/**
 * Draws pixels of two bytes. A channel is its shift; from bit 4 on its maximum; from bit 10 on what rounds it to a whole; and from
 * bit 16 on its scale, 64 times 255 over the maximum.
 */
export function words(
  to: usize,
  stride: usize,
  width: i32,
  height: i32,
  from: usize,
  isBigEndian: i32,
  red: i32,
  green: i32,
  blue: i32,
): void {
  // With numbers that are known here it takes half the time.
  if (red === RED && green === GREEN && blue === BLUE) {
    drawWords(to, stride, width, height, from, isBigEndian, RED, GREEN, BLUE);
  } else drawWords(to, stride, width, height, from, isBigEndian, red, green, blue);
}

/** What most have, from the highest bit on: 5 bits of red, 6 of green, 5 of blue. */
const RED = 11 | (31 << 4) | (23 << 10) | (527 << 16);
const GREEN = 5 | (63 << 4) | (33 << 10) | (259 << 16);
const BLUE = 0 | (31 << 4) | (23 << 10) | (527 << 16);

@inline
function drawWords(
  to: usize,
  stride: usize,
  width: i32,
  height: i32,
  from: usize,
  isBigEndian: i32,
  red: i32,
  green: i32,
  blue: i32,
): void {
  const opaque = i16x8.splat(<i16>0xff00);
  for (; height > 0; height--, to += stride) {
    let at = to;
    for (let left = width; left > 0; left -= 8, at += 32) {
      let eight = v128.load(from);
      if (isBigEndian !== 0) eight = i8x16.shuffle(eight, eight, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
      // Green goes to the upper byte: 6 to the right and then 8 to the left.
      const rg = v128.or(i16x8.shr_u(scaledOf(eight, red), 6), v128.and(i16x8.shl(scaledOf(eight, green), 2), opaque));
      const ba = v128.or(i16x8.shr_u(scaledOf(eight, blue), 6), opaque);
      const first = i16x8.shuffle(rg, ba, 0, 8, 1, 9, 2, 10, 3, 11);
      const second = i16x8.shuffle(rg, ba, 4, 12, 5, 13, 6, 14, 7, 15);
      if (left >= 8) {
        v128.store(at, first);
        v128.store(at, second, 16);
        from += 16;
        continue;
      }
      if (left < 4) storeSome(at, first, left);
      else {
        v128.store(at, first);
        storeSome(at + 16, second, left - 4);
      }
      from += 2 * left;
    }
  }
}

/** 64 times what is shown. */
@inline
function scaledOf(eight: v128, channel: i32): v128 {
  const value = v128.and(i16x8.shr_u(eight, channel & 15), i16x8.splat(<i16>((channel >> 4) & 63)));
  const scaled = i16x8.mul(value, i16x8.splat(<i16>(channel >> 16)));
  return i16x8.add(scaled, i16x8.splat(<i16>((channel >> 10) & 63)));
}

/** Stores the first of four pixels, fewer than four. */
@inline
function storeSome(at: usize, four: v128, count: i32): void {
  if (count > 0) store<i32>(at, i32x4.extract_lane(four, 0));
  if (count > 1) store<i32>(at, i32x4.extract_lane(four, 1), 4);
  if (count > 2) store<i32>(at, i32x4.extract_lane(four, 2), 8);
}

/**
 * Decompresses LZO1X data, whose instructions codec/lzo1x.ts explains: as far as there are bytes up to `end` and room up to `stop`, or
 * to an instruction that makes no sense. Copies reach back to `start`. Up to sixteen bytes behind `stop` are written over.
 *
 * @param state where it goes on, and is to go on next time, six numbers: the addresses of the next byte and of what comes out next; the
 *   literals of the last instruction, 0 to 3, or 4 for a run; how many literals are still to be copied; and before them, of a copy,
 *   how many bytes, and from how far back. Behind 32 bytes there are sixteen for each distance from 1 to 16: 0 to 15 modulo it
 * @returns whether the end was read
 */
export function lzo1x(state: usize, end: usize, start: usize, stop: usize): bool {
  let from = load<usize>(state);
  let to = load<usize>(state, 4);
  let literals = load<u32>(state, 8);
  let run = load<usize>(state, 12);
  let length = load<usize>(state, 16);
  let distance = load<usize>(state, 20);
  let isOver = false;
  for (;;) {
    // Sixteen bytes at a time: what goes too far is written over.
    if (length !== 0) {
      const count = min<usize>(length, stop - to);
      const pattern = v128.load(state + 16 + (min<usize>(distance, 16) << 4));
      const sixteen = i8x16.swizzle(v128.load(to - distance), pattern);
      v128.store(to, sixteen);
      if (count > 16) {
        if (distance >= 16) {
          for (let i: usize = 16; i < count; i += 16) v128.store(to + i, v128.load(to + i - distance));
        } else {
          const step: usize = 16 - (16 % distance);
          for (let i = step; i < count; i += step) v128.store(to + i, sixteen);
        }
      }
      to += count;
      length -= count;
      if (length !== 0) break;
    }
    const count = min<usize>(run, min<usize>(end - from, stop - to));
    v128.store(to, v128.load(from));
    for (let i: usize = 16; i < count; i += 16) v128.store(to + i, v128.load(from + i));
    from += count;
    to += count;
    run -= count;
    if (run !== 0) break;

    // Bytes behind the end may be read here, and are looked for before anything comes of it.
    const instruction: u32 = load<u8>(from); // as a byte it would be shifted as one
    let next = from + 2;
    let low: u32 = instruction; // the byte that has the number of literals
    let copied: usize;
    if (instruction >= 64) {
      copied = (instruction >> 5) + 1;
      distance = 1 + ((instruction >> 2) & 7) + (<usize>load<u8>(from, 1) << 3);
    } else if (instruction >= 16 || literals === 0) {
      const mask: u32 = instruction >= 32 ? 31 : instruction >= 16 ? 7 : 15;
      next = from + 1;
      let more: usize = instruction & mask;
      if (more === 0) {
        while (next < end && load<u8>(next) === 0) next++;
        more = mask + 255 * (next - from - 1) + load<u8>(next);
        next++;
      }
      if (instruction < 16) {
        if (next > end) break;
        from = next;
        run = 3 + more;
        literals = 4;
        continue;
      }
      copied = 2 + more;
      low = load<u16>(next);
      distance = low >> 2;
      next += 2;
      if (instruction >= 32) distance += 1;
      else {
        distance += 16384 + ((instruction & 8) << 11);
        if (distance === 16384) {
          isOver = next <= end;
          if (isOver) from = next;
          break;
        }
      }
    } else {
      copied = literals === 4 ? 3 : 2;
      distance = (literals === 4 ? 2049 : 1) + (instruction >> 2) + (<usize>load<u8>(from, 1) << 2);
    }
    if (next > end || distance > to - start) break;
    from = next;
    length = copied;
    run = literals = low & 3;
  }
  store<usize>(state, from);
  store<usize>(state, to, 4);
  store<u32>(state, literals, 8);
  store<usize>(state, run, 12);
  store<usize>(state, length, 16);
  store<usize>(state, distance, 20);
  return isOver;
}

/**
 * Draws a tile of ZYWRLE, of 8 bits a channel, as codec/encodings/wavelet.ts has it. The sides are multiples of 2^level, and 64 at most.
 *
 * @param from coefficients, as they travel
 * @param square room for 64 rows of 64 pixels
 */
export function synthesise(
  to: usize,
  stride: usize,
  width: i32,
  height: i32,
  from: usize,
  level: i32,
  square: usize,
): void {
  let columns = width >> level;
  let rows = height >> level;
  let count: usize = 4 * columns * rows;
  let highs = from + 4 * width * height - count;
  for (let row = 0; row < rows; row++) {
    const low = highs + 4 * row * columns;
    for (let i = 0; i < 4 * columns; i += 16) v128.store(square + row * SQUARE_STRIDE + i, v128.load(low + i));
  }
  for (; level > 0; level--, columns *= 2, rows *= 2, count *= 4) {
    highs -= 3 * count;
    unite(square, columns, rows, highs, count);
  }
  for (; height > 0; height--, to += stride, square += SQUARE_STRIDE) {
    let i = 0;
    for (; i <= width - 4; i += 4) v128.store(to + 4 * i, pixelsOf(v128.load(square + 4 * i)));
    storeSome(to + 4 * i, pixelsOf(v128.load(square + 4 * i)), width - i);
  }
}

const SQUARE_STRIDE: usize = 4 * 64;

/** The lows and a level's highs make what is low of the level above, in the same place: hence from the end on. */
@inline
function unite(square: usize, columns: i32, rows: i32, highs: usize, count: usize): void {
  for (let row = rows - 1; row >= 0; row--) {
    const lows = square + row * SQUARE_STRIDE;
    const high = highs + 4 * row * columns;
    for (let i: i32 = 4 * ((columns - 1) & ~3); i >= 0; i -= 16) {
      const low = v128.load(lows + i);
      const both = v128.load(high + i);
      const alongColumns = v128.load(high + count + i);
      const alongRows = v128.load(high + 2 * count + i);
      const left = lowOf(low, alongColumns);
      const right = lowOf(alongRows, both);
      const leftBelow = highOf(low, alongColumns);
      const rightBelow = highOf(alongRows, both);
      storePairs(lows + row * SQUARE_STRIDE + 2 * i, lowOf(left, right), highOf(left, right));
      storePairs(lows + (row + 1) * SQUARE_STRIDE + 2 * i, lowOf(leftBelow, rightBelow), highOf(leftBelow, rightBelow));
    }
  }
}

@inline
function storePairs(to: usize, first: v128, second: v128): void {
  v128.store(to, i32x4.shuffle(first, second, 0, 4, 1, 5));
  v128.store(to, i32x4.shuffle(first, second, 2, 6, 3, 7), 16);
}

/** Of a pair of one sign what is farther from 0, of two a + b. */
@inline
function lowOf(a: v128, b: v128): v128 {
  const isOther = isNegative(v128.xor(a, b));
  return v128.bitselect(differenceOf(a, b, isOther), fartherOf(a, b, isOther), isOther);
}

/** The other of the two. */
@inline
function highOf(a: v128, b: v128): v128 {
  const isOther = isNegative(v128.xor(a, b));
  return v128.bitselect(fartherOf(a, b, isOther), differenceOf(a, b, isOther), isOther);
}

@inline
function differenceOf(a: v128, b: v128, isOther: v128): v128 {
  return i8x16.sub(a, inverseOf(b, isOther));
}

/** With the sign of a. */
@inline
function fartherOf(a: v128, b: v128, isOther: v128): v128 {
  const isTurned = isNegative(v128.xor(differenceOf(a, b, isOther), a));
  return v128.bitselect(inverseOf(b, isOther), a, isTurned);
}

/** b, or -b where it is of the other sign. */
@inline
function inverseOf(b: v128, isOther: v128): v128 {
  return i8x16.sub(v128.xor(b, isOther), isOther);
}

@inline
function isNegative(bytes: v128): v128 {
  return i8x16.lt_s(bytes, i8x16.splat(0));
}

/** V, Y and U of four pixels to R, G and B. */
@inline
function pixelsOf(four: v128): v128 {
  const v = i32x4.shr_s(i32x4.shl(four, 24), 24);
  const y = i32x4.shr_s(i32x4.shl(four, 16), 24);
  const u = i32x4.shr_s(i32x4.shl(four, 8), 24);
  const green = i32x4.sub(i32x4.add(y, i32x4.splat(128)), i32x4.shr_s(i32x4.add(u, v), 1));
  const red = i32x4.add(green, i32x4.add(v, v));
  const blue = i32x4.add(green, i32x4.add(u, u));
  const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(red, green), i16x8.narrow_i32x4_s(blue, i32x4.splat(255)));
  return i8x16.shuffle(bytes, bytes, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}
