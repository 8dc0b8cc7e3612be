package dev.remap.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

class OpenCvTest {

  @Test
  void loadingLeavesNoFileAndOneThread() throws IOException {
    OpenCv.load();
    OpenCv.load();
    assertThat(Core.getNumThreads()).isEqualTo(1);
    String self = "remap-opencv-";
    if (Files.exists(Path.of("/proc/self/maps"))) {
      try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
        assertThat(maps.filter(line -> line.contains(self)))
            .isNotEmpty()
            .allMatch(line -> line.endsWith("(deleted)"));
      }
    }
  }

  @Test
  void everySupportedPlatformHasItsLibraryInTheArtifact() {
    String[][] platforms = {
      {"Linux", "amd64"}, {"Linux", "aarch64"}, {"Mac OS X", "x86_64"}, {"Mac OS X", "aarch64"}
    };
    for (String[] platform : platforms) {
      String resource = OpenCv.resource(platform[0], platform[1]);
      assertThat(Core.class.getResource(resource)).as(resource).isNotNull();
    }
    assertThatThrownBy(() -> OpenCv.resource("Linux", "riscv64"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Linux on riscv64");
  }

  @Test
  void closingFreesTheMatrices() {
    Mat mat;
    try (Mats mats = new Mats()) {
      mat = mats.own(new Mat(100, 100, CvType.CV_8UC3));
      assertThat(mat.dataAddr()).isNotZero();
    }
    assertThat(mat.dataAddr()).isZero();
  }
}
