package dev.remap.core.image.jpeg;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What lies between the last code that a stretch of a scan needs and the next marker.
 *
 * <p>It is more codes if codes before it were lost or misread: then its end reads as whole units,
 * one behind the other from some bit on, up to the padding of the last byte. Where blocks begin is
 * not known, so every bit and every place in a unit is tried; codes fall into step soon. Anything
 * else (one byte again and again, or what some tool left there) soon is no code, or does not end
 * with a unit.
 */
final class JpegLeftover {
  /** So much of the end tells. */
  private static final int BITS_READ = 8 * 4096;

  /** A block hardly ever takes more: among so many bits one begins. */
  private static final int STARTS = 1024;

  private final JpegBits bits;
  private final List<JpegBlocks> unit = new ArrayList<>();
  private final boolean refinement;
  private final BitSet seen = new BitSet();

  JpegLeftover(JpegBits bits, List<JpegBlocks> scanned) {
    this.bits = bits;
    this.refinement = scanned.stream().anyMatch(JpegBlocks::refines);
    for (JpegBlocks channel : scanned) {
      int blocks = scanned.size() == 1 ? 1 : channel.blocksInMcu();
      for (int block = 0; block < blocks; block++) {
        unit.add(channel);
      }
    }
  }

  /** Whether it is more of the picture; what cannot be told counts as that. */
  boolean isCodes() {
    if (!bits.padded()) {
      return true;
    }
    if (bits.leftAreEqual()) {
      return false;
    }
    if (refinement) {
      return true;
    }
    long from = Math.max(bits.position(), bits.end() - BITS_READ);
    long starts = Math.min(STARTS, (bits.end() - from) / 2);
    for (long start = from; start < from + starts; start++) {
      for (int place = 0; place < unit.size(); place++) {
        if (isUnitsFrom(start, place, from)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isUnitsFrom(long start, int place, long from) {
    bits.position(start);
    int next = place;
    while (true) {
      int state = (int) (bits.position() - from) * unit.size() + next;
      if (seen.get(state)) {
        return false;
      }
      seen.set(state);
      if (!unit.get(next).stepOverBeyond() || bits.exhausted()) {
        return false;
      }
      next = (next + 1) % unit.size();
      if (next == 0 && bits.left() == 0 && bits.padded()) {
        return true;
      }
    }
  }
}
