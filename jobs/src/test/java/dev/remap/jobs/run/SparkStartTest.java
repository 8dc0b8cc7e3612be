package dev.remap.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.natives.NativeFile;
import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.io.InvalidClassException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparkStartTest {
  @Test
  void aMasterThatDoesNotAnswerIsNamedWhileItIsWaitedFor() {
    assertThat(SparkStart.waiting("spark://h:7077", 10.2))
        .isEqualTo(
            "remap: waiting for Spark's master spark://h:7077, which has not answered for 10 s");
  }

  @Test
  void aSparkThatCannotBeStartedIsASentenceWithWhatToLookAt() {
    Exception failure =
        new IllegalStateException("stopped", new NullPointerException("no\nmaster."));

    assertThat(SparkStart.failed("spark://h:7077", failure))
        .matches("Spark [0-9.]+ cannot be started on spark://h:7077: no\\. Is the master there .*")
        .contains("SPARK_HOME");
    assertThat(SparkStart.failed("local[2]", failure)).endsWith("on local[2]: no.");
  }

  @Test
  void aFullDiskAndALibraryThatDoesNotLoadAreNoMistakesOfTheProgram() {
    Exception full = new IllegalStateException("x", new IOException("No space left on device"));

    assertThat(SparkStart.full(full)).get().asString().startsWith("no space is left for temporary");
    assertThat(SparkStart.full(new IllegalStateException("Job aborted"))).isEmpty();
    assertThatThrownBy(() -> NativeFile.load(String.class, "/none.so", "none"))
        .satisfies(e -> assertThat(SparkStart.unloaded(new IllegalStateException(e))).isPresent())
        .hasMessageContaining("Cannot load none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SparkContext has been shutdown",
        "Cannot call methods on a stopped SparkContext.\nThis stopped SparkContext was created at:",
        "Job 3 cancelled because SparkContext was shut down"
      })
  void aSparkThatHasStoppedIsNoMistakeOfTheProgram(String said) {
    Exception failure = new IllegalStateException("x", new IllegalStateException(said));
    assertThat(SparkStart.stopped(failure)).contains(SparkStart.STOPPED);
    assertThat(SparkStart.stopped(new IllegalStateException("Job aborted"))).isEmpty();
  }

  @Test
  void foldersThatCannotBeMadeAreWrongInput(@TempDir Path folder) throws IOException {
    String none = Files.createFile(folder.resolve("file")) + "/none";
    try {
      System.setProperty("spark.local.dir", none);
      assertThatThrownBy(() -> SparkStart.conf("test"))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(
              "spark.local.dir names " + none + ", where no folder can be made");
      System.setProperty("spark.local.dir", none + "," + folder.resolve("new"));
      assertThat(SparkStart.conf("test").get("spark.local.dir")).endsWith("new");
    } finally {
      System.clearProperty("spark.local.dir");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "local[x]",
        "local[0]",
        "local[",
        "localhost",
        "local-cluster[1]",
        "spark://vm",
        "spark://",
        "spark:vm:7077",
        "spark://vm:",
        "spark://vm:7077/",
        "spark://a_b:7077",
        "spark://vm:7077,other"
      })
  void aMasterThatSparkDoesNotKnowIsWrongInput(String master) {
    String before = System.getProperty("spark.master", "local[2]");
    System.setProperty("spark.master", master);
    try {
      assertThatThrownBy(() -> SparkStart.conf("test"))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith("--master " + master + " is no master of Spark's");
      for (String good :
          List.of(
              "local",
              "local[*]",
              "local[2, 8]",
              "local-cluster[1, 2, 900]",
              "spark://vm:7077",
              "spark://[::1]:7077",
              "spark://a.b-c:7077,d:7078")) {
        System.setProperty("spark.master", good);
        assertThat(SparkStart.conf("test").get("spark.master")).isEqualTo(good);
      }
    } finally {
      System.setProperty("spark.master", before);
    }
  }

  @Test
  void anotherSparkOnTheExecutorsIsToldFromOtherFailures() {
    Exception failure =
        new IllegalStateException(
            "Job aborted",
            new InvalidClassException("org.apache.spark.X", "local class incompatible"));

    assertThat(SparkStart.misfit(failure)).get().asString().contains("SPARK_HOME");
    assertThat(SparkStart.misfit(new IllegalStateException("Job aborted"))).isEmpty();
  }
}
