# The load balancer: internet-facing, with a target group and a rule for each container, and a DNS record.
resource "aws_lb" "this" {
  name                       = var.stack
  load_balancer_type         = "application"
  internal                   = false
  subnets                    = [for subnet in aws_subnet.public : subnet.id]
  security_groups            = [aws_security_group.balancer.id]
  idle_timeout               = 60
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "defensive"
  tags                       = { Name = "${var.stack}-loadBalancer" }
  depends_on                 = [aws_internet_gateway.this]
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTP"
  port              = 80
  tags              = { Name = "${var.stack}-listener" }

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
  for_each             = local.containers
  name                 = "${var.stack}-${each.key}"
  vpc_id               = aws_vpc.this.id
  protocol             = "HTTP"
  port                 = each.value.port
  target_type          = "ip"
  deregistration_delay = 10
  tags                 = { Name = "${var.stack}-targetGroups.${each.key}" }

  health_check {
    protocol            = "HTTP"
    port                = "traffic-port"
    path                = "/health"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
    matcher             = "200-299"
  }
}

resource "aws_lb_listener_rule" "this" {
  for_each     = local.containers
  listener_arn = aws_lb_listener.http.arn
  priority     = each.value.priority
  tags         = { Name = "${var.stack}-rules.${each.key}" }

  condition {
    path_pattern {
      values = [each.value.path, "${each.value.path}/*"]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }
}

resource "aws_route53_zone" "this" {
  name    = var.zone
  comment = "Made by Terraform for ${var.stack}"
  tags    = { Name = "${var.stack}-hostedZone" }
}

# Last, so that the name never resolves to a load balancer without services.
resource "aws_route53_record" "this" {
  zone_id    = aws_route53_zone.this.zone_id
  name       = var.domain
  type       = "A"
  depends_on = [aws_ecs_service.this]

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}
