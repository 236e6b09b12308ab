# The load balancer: HTTPS with a certificate of three names, a redirect from port 80, access logs, a web ACL, and the target groups.
resource "aws_route53_zone" "this" {
  name = "example.com"
}

resource "aws_acm_certificate" "this" {
  domain_name               = local.domain
  subject_alternative_names = local.names
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

# The wildcard shares the record of its parent.
resource "aws_route53_record" "validation" {
  for_each        = toset([local.domain, "www.example.com"])
  zone_id         = aws_route53_zone.this.zone_id
  name            = one([for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_name if option.domain_name == each.key])
  type            = "CNAME"
  records         = [one([for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_value if option.domain_name == each.key])]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn = aws_acm_certificate.this.arn
  depends_on      = [aws_route53_record.validation]
}

resource "aws_lb" "this" {
  name                       = var.stack
  load_balancer_type         = "application"
  subnets                    = [for subnet in aws_subnet.public : subnet.id]
  security_groups            = [aws_security_group.balancer.id]
  idle_timeout               = 30
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "defensive"
  depends_on                 = [aws_internet_gateway.this]

  access_logs {
    enabled = true
    bucket  = "outside-logs"
    prefix  = "shop/dev"
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  resource_arn = aws_lb.this.arn
  web_acl_arn  = data.aws_wafv2_web_acl.outside.arn
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTP"
  port              = 80

  default_action {
    type = "redirect"
    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = 443
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
  certificate_arn   = aws_acm_certificate_validation.this.certificate_arn

  default_action {
    type = "fixed-response"
    fixed_response {
      status_code  = "404"
      content_type = "text/plain"
      message_body = "There is no service at this path."
    }
  }
}

resource "aws_lb_target_group" "this" {
  for_each                      = merge(local.targets, { shop-alternate = local.targets["shop-app"] })
  name                          = "${var.stack}-${each.key}"
  vpc_id                        = aws_vpc.this.id
  protocol                      = try(each.value.protocol, "HTTP")
  protocol_version              = try(each.value.version, "HTTP1")
  port                          = each.value.port
  target_type                   = "ip"
  deregistration_delay          = 5
  slow_start                    = try(each.value.slow_start, 0)
  load_balancing_algorithm_type = try(each.value.algorithm, "round_robin")

  health_check {
    protocol            = try(each.value.protocol, "HTTP")
    path                = each.value.path
    interval            = 20
    timeout             = 6
    healthy_threshold   = 3
    unhealthy_threshold = 4
    matcher             = try(each.value.matcher, "200,204")
  }

  dynamic "stickiness" {
    for_each = try([each.value.cookie], [])
    content {
      type            = "app_cookie"
      cookie_name     = stickiness.value
      cookie_duration = each.value.cookie_seconds
    }
  }
}

resource "aws_route53_record" "this" {
  for_each   = toset(concat([local.domain], local.names))
  zone_id    = aws_route53_zone.this.zone_id
  name       = each.key
  type       = "A"
  depends_on = [aws_ecs_service.this]

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}
