package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many sequences of what can happen to a catalogue and its index, each compared with a plain map
 * after every step. Run by {@code bin/model-drill}, not by {@code bin/test}.
 */
class NightModelDrill {
  private static final int SEQUENCES = Integer.getInteger("drill.sequences", 200);
  private static final int LENGTH = Integer.getInteger("drill.length", 25);
  private static final int SHRINK_SECONDS = Integer.getInteger("drill.shrink-seconds", 900);
  private static final long SEED = Long.getLong("drill.seed", 1);
  private static final String REPLAY = System.getProperty("drill.replay", "");

  @Test
  void theLiveIndexShowsWhatAPlainMapSays(@TempDir Path folder) {
    ModelSequences sequences = new ModelSequences(folder, SHRINK_SECONDS);
    if (REPLAY.isEmpty()) {
      assertThat(sequences.failures(SEED, SEQUENCES, LENGTH)).isEmpty();
    } else {
      assertThat(sequences.failure(Step.parseAll(REPLAY))).isEmpty();
    }
  }
}
