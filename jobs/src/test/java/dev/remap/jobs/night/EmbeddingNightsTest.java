package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.EvaluateCopiesJob;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.keys.KeyHash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nights of a catalogue of vectors. */
class EmbeddingNightsTest {
  private static final int DIMENSION = 8;

  @TempDir private Path folder;

  private Nights nights;
  private float[][] vectors;

  @BeforeEach
  void prepare() {
    nights =
        new Nights(folder, "store", KeyHash.SHA_256)
            .set("catalogue.format", "embeddings")
            .set("embeddings.dimension", DIMENSION)
            .set("whitening.method", "none")
            .set("publish.copies", 10);
    Random random = new Random(7);
    vectors = new float[300][DIMENSION];
    for (float[] vector : vectors) {
      for (int i = 0; i < DIMENSION; i++) {
        vector[i] = (float) random.nextGaussian();
      }
    }
  }

  /** The first rows as {@code .fvecs}. */
  private Path catalogue(int rows) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(rows * (4 + 4 * DIMENSION)).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows; row++) {
      bytes.putInt(DIMENSION);
      for (float value : vectors[row]) {
        bytes.putFloat(value);
      }
    }
    return Files.write(folder.resolve("a.fvecs"), bytes.array());
  }

  @Test
  void whatIsAddedChangedAndRemovedIsFollowed() throws IOException {
    assertThat(nights.reindex(catalogue(200)))
        .contains("200 listed = 200 described + 0 rejected")
        .containsPattern(
            "none: vectors are the descriptors of extractor [0-9a-f]{16} at length one")
        .contains("live: generation 1");
    vectors[5][0] += 1;
    assertThat(nights.reindex(catalogue(220)))
        .contains("20 added, 1 changed, 0 removed")
        .contains("merged from generation 1: at most 21 codes are new")
        .contains("not checked: copies-recall-at-1 (descriptors are given with the catalogue")
        .contains("live: generation 2");
    assertThat(nights.reindex(catalogue(190)))
        .contains("0 added, 0 changed, 30 removed")
        .contains("190 entries");
    assertThat(nights.reindex(catalogue(190))).contains("nothing changed");
  }

  @Test
  void whatHasNoDirectionIsRejectedAndCounted() throws IOException {
    vectors[3][2] = Float.NaN;
    vectors[4] = new float[DIMENSION];

    assertThat(nights.reindex(catalogue(200)))
        .contains("200 listed = 198 described + 2 rejected")
        .contains("198 entries");
  }

  @Test
  void aCatalogueOfNoVectorsIsRefusedAndSaysWhichFilesHaveNone() throws IOException {
    Path parts = Files.createDirectory(folder.resolve("parts"));
    Files.copy(catalogue(200), parts.resolve("full.fvecs"));
    Files.write(parts.resolve("none.fvecs"), new byte[0]);
    assertThat(nights.reindex(parts))
        .contains("200 listed = 200 described + 0 rejected")
        .contains("1 × files without a vector (none.fvecs)");
    Files.delete(parts.resolve("full.fvecs"));

    assertThatThrownBy(() -> nights.reindex(parts))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("files of vectors", "1 × files without a vector (none.fvecs)");
  }

  @Test
  void imagesAreNotAskedForWhereThereAreNone() throws IOException {
    nights.reindex(catalogue(200));
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      assertThatThrownBy(() -> new EvaluateCopiesJob(context, nights.live(), 10).execute())
          .isInstanceOf(InputException.class)
          .hasMessageContaining("no images to distort");
    }
  }

  @Test
  void anotherDimensionIsAnotherExtractorAndRefusedForTheLiveIndex() throws IOException {
    nights.reindex(catalogue(200));
    nights.set("embeddings.dimension", 9);

    assertThatThrownBy(() -> nights.reindex(catalogue(200)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("the live generation 1");
  }
}
