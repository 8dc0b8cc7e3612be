package dev.remap.jobs.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.segment.KeyRange;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MomentPartsTest {
  @Test
  void aPartHasOneToTwoTimesAsManyImagesAsADescriptorHasComponents() {
    for (long images : new long[] {128, 129, 255, 256, 100_000, 1_000_000_000L}) {
      assertThat((double) images / new MomentParts(images, 128).count())
          .as("%d images", images)
          .isBetween(128.0, 256.0);
    }
    assertThat(new MomentParts(0, 128).count()).isEqualTo(1);
    assertThat(new MomentParts(127, 128).count()).isEqualTo(1);
    assertThat(new MomentParts(Long.MAX_VALUE, 1).count()).isEqualTo(1L << 30);
  }

  @Test
  void partsCoverAllKeysOnce() {
    MomentParts parts = new MomentParts(1000, 60);
    assertThat(parts.count()).isEqualTo(16);
    long next = 0;
    for (long part = 0; part < 16; part++) {
      KeyRange range = parts.range(part);
      assertThat(range.from()).isEqualTo(next);
      assertThat(parts.of(range.from())).isEqualTo(part);
      assertThat(parts.of(range.to())).isEqualTo(part);
      assertThat(MomentParts.node(range)).isEqualTo(part);
      next = range.to() + 1;
    }
    assertThat(next).as("2^63, as a long").isEqualTo(Long.MIN_VALUE);
    assertThat(new MomentParts(5, 60).range(0)).isEqualTo(KeyRange.ALL);
  }

  @Test
  void unitsThatAreNodesOfTheTreeKeepTheirSums() {
    MomentParts parts = new MomentParts(1000, 60);
    for (int units : new int[] {1, 2, 4, 8, 16}) {
      for (Unit unit : KeyPartitioner.ranges(1000, units)) {
        assertThat(parts.areKept(unit.range())).as("%d units, %s", units, unit).isTrue();
        assertThat(MomentParts.node(unit.range())).isEqualTo(unit.number());
      }
    }
    for (int units : new int[] {3, 6, 32, 1024}) {
      assertThat(KeyPartitioner.ranges(1000, units))
          .as("%d units", units)
          .noneMatch(unit -> parts.areKept(unit.range()));
    }
    KeyRange half = parts.range(3);
    assertThat(parts.areKept(new KeyRange(half.from() + 1, half.to() + 1))).isFalse();
  }

  @Test
  void ofMoreThanEnoughPartsAboutEnoughAreChosen() {
    MomentParts parts = new MomentParts(1_000_000_000L, 1024);
    long chosen = LongStream.range(0, parts.count()).filter(parts::isChosen).count();
    assertThat((double) chosen * parts.images() / parts.count()).isBetween(0.9e6, 1.1e6);
    assertThat(LongStream.range(0, 16).filter(new MomentParts(1000, 60)::isChosen).count())
        .isEqualTo(16);
  }
}
