package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.image.ImageException;
import dev.remap.jobs.catalogue.CatalogueImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** That images are read whatever they are called, by the texts that listings and tables give. */
final class OddNames {
  static final String COLON = "10:30 a.jpg";
  static final List<String> ANYWHERE =
      List.of(
          "q?X-Amz-Signature=01#b&c.jpg",
          "100%20%.jpg",
          "[a]{b}*back\\slash.jpg",
          "雪👍 +,;=@~!$'().jpg");

  private OddNames() {}

  static void areRead(FileSystem fs, Path folder, Configuration conf, List<String> names)
      throws IOException, ImageException {
    for (int i = 0; i < names.size(); i++) {
      Path file = new Path(folder, new Path(null, null, names.get(i)));
      try (OutputStream out = fs.create(file)) {
        out.write(new byte[i + 1]);
      }
      assertThat(read(folder + "/" + names.get(i), conf)).as(names.get(i)).hasSize(i + 1);
    }
    for (FileStatus status : fs.listStatus(folder)) {
      int i = names.indexOf(status.getPath().getName());
      assertThat(read(status.getPath().toString(), conf)).as("%s", status).hasSize(i + 1);
    }
  }

  private static byte[] read(String uri, Configuration conf) throws IOException, ImageException {
    return new CatalogueImage("x", uri, "unknown", 100, conf).read();
  }
}
