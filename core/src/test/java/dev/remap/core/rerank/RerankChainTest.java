package dev.remap.core.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RerankChainTest {
  @ParameterizedTest
  @EnumSource(RerankMethod.class)
  void whatIsNotSaidIsAsItIsByDefaultAndIsSaidInTheText(RerankMethod method) {
    RerankChain chain = RerankChain.parse(method.label());
    assertThat(chain.toString()).isEqualTo(method.usual());
    assertThat(RerankChain.parse(chain.toString())).isEqualTo(chain);
  }

  @Test
  void aChainHasItsMethodsInTheirOrder() {
    RerankChain chain = RerankChain.parse("dba:k=5 + alpha-qe:alpha=0.5,k=3+super-global");
    assertThat(chain)
        .hasToString("dba:k=5+alpha-qe:k=3,alpha=0.5+super-global:n=400,k=9,beta=0.15");
    assertThat(chain.isAugmented()).isTrue();
    assertThat(chain.depth()).isEqualTo(400);
    assertThat(chain.neighbours()).isEqualTo(5);
    assertThat(RerankChain.parse("diffusion:n=20").neighbours()).isEqualTo(49);
    assertThat(RerankChain.parse("aqe").afterExact(7)).hasToString("exact:n=7+aqe:k=10");
    assertThat(RerankChain.parse(" ").isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "aqee | there is no method 'aqee'; there are exact, aqe, alpha-qe, dba",
        "aqe+ | there is no method ''",
        "aqe:n=3 | aqe has no parameter 'n'; as it is by default: aqe:k=10",
        "aqe:k | aqe: k is '': it must be a whole number from 1 to 10000",
        "aqe:k=0 | aqe: k is '0': it must be a whole number from 1 to 10000",
        "aqe:k=2.5 | aqe: k is '2.5'",
        "aqe:k=1,k=2 | aqe has k twice",
        "alpha-qe:alpha=-1 | alpha-qe: alpha is '-1': it must be a number from 0 to 100",
        "alpha-qe:alpha=NaN | alpha-qe: alpha is 'NaN'",
        "diffusion:alpha=1 | diffusion: alpha is '1': it must be a number from 0 to 0.9999",
        "k-reciprocal:lambda=2 | from 0 to 1",
        "dba:k=1200 | dba: k is '1200': it must be a whole number from 1 to 1000",
        "aqe+dba | dba changes what is searched: it comes first",
        "dba+diffusion | leave out one of them",
      })
  void whatCannotBeIsSaid(String text, String sentence) {
    assertThatThrownBy(() -> RerankChain.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }
}
