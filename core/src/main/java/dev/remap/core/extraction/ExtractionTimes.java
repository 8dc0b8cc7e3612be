package dev.remap.core.extraction;

import java.io.Serializable;

/**
 * Where the time of one or more extractions went, in nanoseconds. The first five are of the calling
 * threads, which run the network; the next three of the threads that read and decode beside them.
 *
 * @param all from the first image that was asked for to the last outcome that was taken
 * @param waited for an image to be decoded, while the network had nothing to do
 * @param network in forward passes, the copy of their input included
 * @param pooling of feature maps to descriptors
 * @param taking what the caller did with outcomes, such as writing them
 * @param reading encoded images
 * @param memory waiting for memory to decode in
 * @param decoding and resizing
 * @param smallPasses no time: how many forward passes had fewer images than a batch, since the
 *     device's memory did not take more
 */
public record ExtractionTimes(
    long all,
    long waited,
    long network,
    long pooling,
    long taking,
    long reading,
    long memory,
    long decoding,
    long smallPasses)
    implements Serializable {
  /** Of nothing. */
  public static final ExtractionTimes NONE = new ExtractionTimes(0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** What an extraction can be short of. */
  public enum Limit {
    /** Bytes of images come too slowly. */
    STORAGE,
    /** Decodes wait for memory of others. */
    DECODE_MEMORY,
    /** Decoding and resizing take longer than the network. */
    DECODING,
    /** Forward passes: nothing else is waited for. */
    NETWORK,
    /** Pooling of feature maps. */
    POOLING,
    /** What becomes of the outcomes. */
    WRITING
  }

  /** The times of both. */
  public ExtractionTimes plus(ExtractionTimes other) {
    return new ExtractionTimes(
        all + other.all,
        waited + other.waited,
        network + other.network,
        pooling + other.pooling,
        taking + other.taking,
        reading + other.reading,
        memory + other.memory,
        decoding + other.decoding,
        smallPasses + other.smallPasses);
  }

  /** What took most of the callers' time; where they waited, what the other threads did most. */
  public Limit limit() {
    if (waited >= Math.max(Math.max(network, pooling), taking)) {
      if (memory > Math.max(reading, decoding)) {
        return Limit.DECODE_MEMORY;
      }
      return reading > decoding ? Limit.STORAGE : Limit.DECODING;
    }
    if (network >= Math.max(pooling, taking)) {
      return Limit.NETWORK;
    }
    return pooling >= taking ? Limit.POOLING : Limit.WRITING;
  }

  /** The share of the callers' time that a part of it took, from 0 to 1; 0 of nothing. */
  public double share(long part) {
    return all == 0 ? 0 : Math.min(1, (double) part / all);
  }
}
