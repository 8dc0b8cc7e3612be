package dev.remap.jobs.stage.extract;

import dev.remap.core.extraction.ExtractionTimes;
import dev.remap.core.extraction.ExtractionWatch;
import dev.remap.jobs.spark.Meter;
import dev.remap.jobs.spark.UnitRunner;
import java.util.EnumMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Tells the run's meters of one unit's extraction what is new since the last look. */
final class LiveMeters implements ExtractionWatch {
  private final UnitRunner.Task task;
  private final EnumMap<Meter, Long> told = new EnumMap<>(Meter.class);
  private final LongAdder bytes = new LongAdder();

  LiveMeters(UnitRunner.Task task) {
    this.task = task;
  }

  /** An image was read; told by any thread. */
  byte[] read(byte[] image) {
    bytes.add(image.length);
    return image;
  }

  /** Bytes of the images that were read. */
  long bytes() {
    return bytes.sum();
  }

  @Override
  public void look(int decoding, int batching, ExtractionTimes times) {
    now(Meter.BYTES_READ, bytes());
    now(Meter.IMAGES_DECODING, decoding);
    now(Meter.IMAGES_BATCHING, batching);
    millis(Meter.MS_EXTRACTION, times.all());
    millis(Meter.MS_WAITING, times.waited());
    millis(Meter.MS_NETWORK, times.network());
    millis(Meter.MS_POOLING, times.pooling());
    millis(Meter.MS_WRITING, times.taking());
    millis(Meter.MS_READING, times.reading());
    millis(Meter.MS_DECODE_MEMORY, times.memory());
    millis(Meter.MS_DECODING, times.decoding());
  }

  private void millis(Meter meter, long nanos) {
    now(meter, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  private void now(Meter meter, long value) {
    Long before = told.put(meter, value);
    task.counter(meter).accept(value - (before == null ? 0 : before));
  }
}
