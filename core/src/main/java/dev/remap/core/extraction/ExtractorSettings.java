package dev.remap.core.extraction;

import java.time.Duration;

/**
 * How an extractor works, none of which changes a bit of its descriptors.
 *
 * @param decodeThreads threads of each {@code extract} call that read and decode, at least 1
 * @param poolingThreads threads of each {@code extract} call that pool feature maps, the calling
 *     one included, at least 1: the cores that it was given
 * @param window images after which partly filled batches are padded and run, at least 1; larger
 *     ones pad less
 * @param pixelBytes memory for decoded images that wait for the network; at least one image a
 *     thread is let through
 * @param readTimeout after which a read counts as failed
 * @param decodeTimeout CPU time after which a decode counts as endless; one that takes ten times as
 *     long by the clock without using it counts as not reached. Waiting for memory does not count
 * @param decodeMemory that decodes take together, those of other extractors included
 */
public record ExtractorSettings(
    int decodeThreads,
    int poolingThreads,
    int window,
    long pixelBytes,
    Duration readTimeout,
    Duration decodeTimeout,
    DecodeMemory decodeMemory) {
  public ExtractorSettings {
    requirePositive("decode-threads", decodeThreads);
    requirePositive("pooling-threads", poolingThreads);
    requirePositive("window", window);
    requirePositive("pixel-bytes", pixelBytes);
    requirePositive("read-timeout (ns)", readTimeout.toNanos());
    requirePositive("decode-timeout (ns)", decodeTimeout.toNanos());
  }

  /**
   * Windows of 256, 512 MiB of pixels, a minute to read and a minute to decode, and a quarter of
   * the machine's memory for decodes.
   */
  public static ExtractorSettings defaults(int decodeThreads) {
    Duration minute = Duration.ofMinutes(1);
    return new ExtractorSettings(
        decodeThreads, 1, 256, 512L << 20, minute, minute, DecodeMemory.ofMachine());
  }

  private static void requirePositive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be positive, was " + value);
    }
  }
}
