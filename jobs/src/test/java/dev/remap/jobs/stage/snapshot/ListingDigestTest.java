package dev.remap.jobs.stage.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.catalogue.file.ListedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ListingDigestTest {
  private static ListedImage image(String id, String uri, String version) {
    return new ListedImage(id, uri, version, 1);
  }

  private static List<ListedImage> images(int count) {
    List<ListedImage> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      images.add(image("id" + i, "file:/c/id" + i, i + "@" + i));
    }
    return images;
  }

  private static ListingDigest digest(List<ListedImage> images) {
    ListingDigest digest = ListingDigest.EMPTY;
    for (ListedImage image : images) {
      digest = digest.add(image);
    }
    return digest;
  }

  @Test
  void neitherOrderNorPartitionsMatter() {
    long seed = 3;
    Random random = new Random(seed);
    List<ListedImage> images = images(200);
    ListingDigest expected = digest(images);
    for (int trial = 0; trial < 20; trial++) {
      Collections.shuffle(images, random);
      int cut = random.nextInt(images.size() + 1);
      ListingDigest parts =
          digest(images.subList(0, cut)).add(digest(images.subList(cut, images.size())));

      assertThat(parts).as("seed %d, trial %d", seed, trial).isEqualTo(expected);
    }
    assertThat(expected.toString()).matches("200-[0-9a-f]{32}");
  }

  @Test
  void everyPartOfEveryImageMatters() {
    Set<String> digests = new HashSet<>();
    digests.add(digest(images(10)).toString());
    digests.add(digest(images(9)).toString());
    digests.add(with(image("other", "file:/c/id0", "0@0")));
    digests.add(with(image("id0", "file:/other", "0@0")));
    digests.add(with(image("id0", "file:/c/id0", "0@1")));
    digests.add(with(image("id1", "file:/c/id1", "1@1")));
    digests.add(with(image("id0file:/c/id0", "", "0@0")));
    digests.add(with(image("id0f", "ile:/c/id0", "0@0")));

    assertThat(digests).hasSize(8);
  }

  /** Ten images, the first of them this one. */
  private static String with(ListedImage first) {
    List<ListedImage> images = images(10);
    images.set(0, first);
    return digest(images).toString();
  }

  @Test
  void theSizeThatAListingHappensToKnowDoesNotMatter() {
    ListedImage known = new ListedImage("a", "file:/a", "1@1", 1);
    ListedImage unknown = new ListedImage("a", "file:/a", "1@1", -1);

    assertThat(digest(List.of(known))).isEqualTo(digest(List.of(unknown)));
  }
}
